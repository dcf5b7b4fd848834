import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { linkDomain } from '../../message/links.ts';

const lureSchema = z.looseObject({
  kind: z.string().default('text'),
  subject: z.string().default(''),
  text: z.string().default(''),
  payload: z.string().optional(),
  url_domains: z.array(z.string()).default([]),
  phones: z.array(z.string()).default([]),
});

/** Real lures cut to fit a slot; the same index gives the same lure in every run. */
export type LureBank = {
  readonly callbackSubject: (index: number) => string;
  readonly callbackParagraph: (index: number) => string;
  /** `words` words of a lure without its links and numbers. */
  readonly text: (index: number, words: number) => string;
  /** Ten digits of a number real lures name. */
  readonly phoneDigits: (index: number) => string;
  /** A domain real lures link to. */
  readonly domain: (index: number) => string;
};

/** Reads a JSON-lines file of lures. @throws Error naming file and line. */
export async function readLures(path: string): Promise<LureBank> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const lures = lines.map((line, index) => parseLure(line, `${path}:${index + 1}`));
  const texts = lures
    .map(({ text, payload }) => plainText(payload ?? text))
    .filter((text) => text.split(' ').length >= 25);
  const phones = [
    ...new Set(
      lures
        .flatMap((lure) => lure.phones)
        .filter((phone) => /^1?[2-9]\d{2}[2-9]\d{6}$/.test(phone)),
    ),
  ];
  const domains = [
    ...new Set(
      lures.flatMap((lure) => lure.url_domains).filter((domain) => linkDomain(domain) !== null),
    ),
  ];
  if (texts.length === 0 || domains.length === 0)
    throw new Error(
      `${path} holds too few lures: expected texts of 25 words and more, and link domains`,
    );
  const pick = <Item>(items: readonly Item[], index: number, otherwise: Item): Item =>
    items[(index * 7919) % Math.max(1, items.length)] ?? otherwise;
  const phoneDigits = (index: number) => pick(phones, index, '8025383069').slice(-10);
  const phone = (index: number) => formatPhone(phoneDigits(index), index);
  return {
    phoneDigits,
    callbackSubject: (index) => fill(pick(callbackSubjects, index, ''), index, phone(index)),
    callbackParagraph: (index) => fill(pick(callbackParagraphs, index, ''), index, phone(index)),
    text: (index, words) => pick(texts, index, '').split(' ').slice(0, words).join(' '),
    domain: (index) => pick(domains, index, ''),
  };
}

function parseLure(line: string, place: string): z.infer<typeof lureSchema> {
  try {
    return lureSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new Error(
      `${place} is not a lure: expected one JSON object with subject, text, url_domains, phones`,
      { cause: error },
    );
  }
}

function plainText(text: string): string {
  return text
    .replace(/https?:\/\/\S+|\S+@\S+/g, ' ')
    .replace(/\+?\d[\d().\s-]{6,}\d/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Frames written for this measurement; the numbers in them are those of real lures. */
const callbackSubjects = [
  'Your Bitcoin purchase of USD {amount} is complete. Call support desk at {phone} to cancel or renew.',
  'Payment confirmed: {amount} charged for antivirus plan (3 years). If unknown, contact {phone}.',
  'Invoice #{number}: ${amount} will be debited today, dial {phone} for a refund',
  'Norton renewal ${amount} - not you? Help desk {phone}',
  'Order {number} of ${amount} shipped. To dispute it ring {phone} within 24 hours',
  'Unauthorized sign-in, account on hold. Speak to our agent: {phone}',
];
const callbackParagraphs = [
  'We have charged {amount} USD to your account for the yearly protection plan. If you did not authorize this payment call our billing team at {phone} within 24 hours to get a full refund.',
  'Your order of a new phone (${amount}) has been processed and will be delivered tomorrow. To cancel the order please contact customer care: {phone}.',
  'Thank you for your purchase of bitcoin worth ${amount}. For any dispute, reach the fraud department toll free {phone}.',
  'Your subscription was renewed for ${amount}. Do not recognise it? Dial {phone} and our support agent will stop the transaction.',
];

function fill(frame: string, index: number, phone: string): string {
  const amount = (199 + ((index * 37) % 600) + 0.99).toFixed(2);
  return frame
    .replace('{amount}', amount)
    .replace('{phone}', phone)
    .replace('{number}', String(48_213 + index * 101));
}

function formatPhone(digits: string, index: number): string {
  const [area, exchange, line] = [digits.slice(-10, -7), digits.slice(-7, -4), digits.slice(-4)];
  const forms = [
    `${area} ${exchange} ${line}`,
    `+1 (${area}) ${exchange}-${line}`,
    `${area}-${exchange}-${line}`,
    `1-${area}-${exchange}-${line}`,
  ];
  return forms[index % forms.length] ?? digits;
}
