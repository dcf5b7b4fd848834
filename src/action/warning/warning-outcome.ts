/** What a warning is made of. */
export const warningKinds = ['subject', 'banner', 'seal'] as const;
export type WarningKind = (typeof warningKinds)[number];

/** What came of each, the closed set of its metric. */
export const warningOutcomes = {
  /** `already`: the subject had the tag. */
  subject: ['inserted', 'already', 'failed'],
  /** `partial`: one of several alternatives could not take it; from `signed` on: why there is none. */
  banner: [
    'inserted',
    'partial',
    'signed',
    'encrypted',
    'no-text',
    'malformed',
    'charset',
    'failed',
  ],
  /** `broken-chain`: the chain that the message came with had ended; `failed`: the message went out as it came. */
  seal: ['inserted', 'broken-chain', 'failed'],
} as const satisfies Readonly<Record<WarningKind, readonly string[]>>;

export type BannerOutcome = (typeof warningOutcomes.banner)[number];
export type WarningOutcome = (typeof warningOutcomes)[WarningKind][number];
