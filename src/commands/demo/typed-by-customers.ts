import type { Random } from './random.ts';

/** What sellers write on invoices: payments, deadlines, deposits and cancellations are what such notes are about. */
const notes = [
  'Thank you for your order!',
  'As agreed, half now and the rest after installation.',
  'Deposit for the booking in May. It is refundable until two weeks before arrival.',
  'Please pay before Friday so that we can ship on Monday.',
  'Materials and two days of labour, see the offer of last week.',
  'Sorry, my earlier invoice had the wrong amount, please cancel that one and pay this one.',
  'Your membership renews for another year with this payment. Thank you for staying with us!',
  'Reminder: this invoice was due last week. Did it get lost?',
  'Consulting, 12 hours in the previous month.',
  'Shipping included. Tracking number follows by mail.',
  'Security deposit for the camera kit, you get it back when the kit is returned.',
  'Translation of 14 pages, rush fee included.',
  'Second instalment of three.',
  'It was a pleasure to work with your team.',
  'Gift card for two, printed and sent by post.',
  'Order 4471: 3 chairs, oak, oiled.',
  'If you have questions about this invoice, just reply to my mail or drop by the workshop.',
  'Annual licence for 5 seats.',
  'Courses for spring, early bird price until the end of the month.',
  'Refund of the difference will follow separately.',
  'Merci beaucoup et à bientôt !',
  'Vielen Dank für Ihre Bestellung, die Lieferung erfolgt nächste Woche.',
  'Obrigado pela preferência!',
];

/** Now and then a seller points to a page of their own, or gives a number. */
const notesWithLink = [
  'Our terms: https://example.org/terms',
  'Care instructions for your table are at https://example.com/care',
];
const notesWithNumber = [
  'Thank you! Questions about the delivery? Ring the workshop,',
  'Pick-up is at the back door, call when you are there:',
  'Installation on Tuesday. My mobile, should you be late:',
];

/** Empty on more than half of the mail. */
export function sellerNote(random: Random): string {
  if (random.chance(0.45)) return '';
  if (random.chance(0.03)) return random.pick(notesWithLink);
  if (random.chance(0.03)) return `${random.pick(notesWithNumber)} ${phoneNumber(random)}`;
  return random.chance(0.2) ? `${random.pick(notes)} ${random.pick(notes)}` : random.pick(notes);
}

/** The North American numbers 555-0100 to 555-0199 are nobody's. */
function phoneNumber(random: Random): string {
  return `(${random.pick(['206', '312', '415', '512', '617', '702', '808', '916'])}) 555-01${random.below(90) + 10}`;
}

const amounts = ['USD', 'USD', 'USD', 'EUR', 'GBP'];
const signs: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£' };

export function amount(random: Random): string {
  const currency = random.pick(amounts);
  const cents = `${random.below(100)}`.padStart(2, '0');
  return `${signs[currency] ?? ''}${9 + random.below(900)}.${cents} ${currency}`;
}

const titleStems = [
  'Budget',
  'Floor plan',
  'Minutes of the board',
  'Invoice',
  'Offer',
  'Payroll calendar',
  'Contract draft',
  'Photos of the site',
  'Exam schedule',
  'Menu',
  '🎄 Christmas party',
  'Ideas 💡',
  'Press release',
  'Inventory',
  'Onboarding checklist',
  'Research notes',
  'Insurance documents',
  'Bank statement',
];
const titleEnds = [
  '',
  ' 2026',
  ' v2',
  ' FINAL',
  ' (copy)',
  ' Q3.xlsx',
  ' spring.pdf',
  ' for review',
];

export function documentTitle(random: Random): string {
  return `${random.pick(titleStems)}${random.pick(titleEnds)}`;
}

const messages = [
  'Here is the file we talked about.',
  'Please have a look before Thursday, comments welcome.',
  'This is the signed version.',
  'Can you check the numbers in the second sheet?',
  'Sharing with the whole team, nothing urgent.',
  'New address of the office is on page 2.',
  'I moved everything in here, the old folder will be deleted next month.',
  'Please confirm that you can open it.',
  'Statement for your tax return, let me know if a month is missing.',
  'As promised!',
  'Verify the spelling of your name on the badge, please.',
  'Voici le document, bonne lecture.',
  'Anbei die Unterlagen für Montag.',
];

/** Empty on most shares. */
export function shareMessage(random: Random): string {
  if (random.chance(0.6)) return '';
  if (random.chance(0.01))
    return 'The agenda is on https://example.com/agenda and here are the slides.';
  return random.pick(messages);
}
