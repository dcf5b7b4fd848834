/** What is read of the attachments of one message; what lies beyond is absent, and counted as unread. */
export const attachmentLimits = {
  calendars: 5,
  pdfs: 3,
  images: 16,
  calendarBytes: 1_000_000,
  /** A decoded image takes about 12 bytes of memory per pixel; 10 million are more than a 4K screen shot. */
  imagePixels: 10_000_000,
  pdfPages: 10,
  /** Characters, blocks and links of one attachment. */
  textLength: 100_000,
  blocks: 500,
  links: 200,
} as const;

/** A symbol of the smallest version has 21 × 21 modules (ISO/IEC 18004 §5.3.1): a smaller image holds none. */
export const minCodeSide = 21;
