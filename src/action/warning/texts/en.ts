import type { WarningTexts } from '../warning-texts.ts';

export const english: WarningTexts = {
  title: 'Be careful with this message',
  cameThrough: (vendor) =>
    `It came through ${vendor}, but it is not like the mail that usually does:`,
  differs: (vendor) => `It came through ${vendor}, but it is not like the mail that usually does.`,
  claims: (vendor) => `It claims to come from ${vendor}, and that could not be confirmed.`,
  unchecked: (vendor) =>
    `It came through ${vendor}, but it is built so that it could not be checked.`,
  unusual: {
    phone: 'It contains a telephone number that is new for this sender.',
    wallet: 'It contains an address for payments in cryptocurrency.',
    link: 'It leads to a web address that is new for this sender.',
    'reply-address': 'It names an e-mail address that is new for this sender.',
    subject: 'The subject contains words that this sender does not use there.',
    'sender-name': 'The name of the sender is an unusual one.',
    wording: 'The text is unlike what this sender writes.',
    stranger: 'It was written by somebody who is not known here.',
    attachment: 'The attachment is unlike what this sender attaches.',
    path: 'It arrived by an unusual way.',
    addressee: 'It was not addressed to you in the first place.',
    copy: 'It looks like a copy of an older message.',
    burst: 'Unusually many such messages are arriving.',
    'seen-elsewhere': 'The same contact details appear in mail from other companies.',
  },
  advice:
    'Do not call numbers, open links or attachments, or use addresses that stand in this message.',
  goTo: (vendor, address) =>
    `To find out whether it is genuine, go to ${vendor} yourself: type ${address} into your browser.`,
  goToKnown: (vendor) =>
    `To find out whether it is genuine, go to ${vendor} in the way you always do.`,
  addedBy: (hostname) => `This notice was added by ${hostname}.`,
};
