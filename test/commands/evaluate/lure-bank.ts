import type { LureBank } from '../../../src/commands/evaluate/lures.ts';

/** Lures of our own, for tests. */
export const lureBank: LureBank = {
  callbackSubject: (index) => `Order ${index} of $498.95, call 802 538 3069`,
  callbackParagraph: (index) => `We have charged 498.95 USD. Call +1 802 538 3069, case ${index}.`,
  text: (index, words) =>
    `notice ${index}: your account was locked because of an unusual payment and will be closed today unless you verify who you are with our team at once please`
      .split(' ')
      .slice(0, words)
      .join(' '),
  phoneDigits: () => '8025383069',
  domain: (index) => `prize-${index}.example.net`,
};
