/** What went wrong between us and the mail server; labels of a metric. */
export const milterFaultCauses = ['protocol', 'options', 'timeout', 'lost', 'sessions'] as const;

export type MilterFaultCause = (typeof milterFaultCauses)[number];

/** The connection cannot go on: the mail server then does as its own settings say (`milter_default_action`). */
export class MilterFault extends Error {
  override readonly name = 'MilterFault';
  readonly faultCause: MilterFaultCause;

  constructor(faultCause: MilterFaultCause, message: string, options?: ErrorOptions) {
    super(message, options);
    this.faultCause = faultCause;
  }
}
