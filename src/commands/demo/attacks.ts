import { recipients } from './cast.ts';
import type { Draft } from './draft.ts';
import { shareNotice } from './drive-mail.ts';
import { verificationCode } from './entra-mail.ts';
import { invoice } from './paypal-mail.ts';
import type { Random } from './random.ts';
import { calendar } from './traffic.ts';
import type { VendorName } from './vendors.ts';

/** An attack that fills a slot of a vendor's own template: the vendor composes, signs and sends it. */
export type SlotAttack = {
  readonly name: string;
  readonly title: string;
  readonly vendor: VendorName;
  readonly copies: number;
  /** Minute of the day of the attacks. */
  readonly minuteOfDay: number;
  readonly compose: (random: Random, copy: number) => Draft;
};

/** Quoted in press reports of 2026; an attacker typed it as the name of a tenant. */
const publishedTenantName =
  'Your Bitcoin Purchased of USD 498.95 Completed through PayPal. Reach Support Desk at 802 538 3069 to CanceI or Renew.';

export const slotAttacks: readonly SlotAttack[] = [
  {
    name: 'tenant-name',
    title: 'Entra code mail, lure typed as tenant name',
    vendor: 'microsoft',
    copies: 6,
    minuteOfDay: 10 * 60,
    compose: (random, copy) =>
      verificationCode({ tenant: publishedTenantName, recipient: victim(copy).address, random }),
  },
  {
    name: 'invoice-callback',
    title: 'PayPal invoice, call-back number in the note',
    vendor: 'paypal',
    copies: 5,
    minuteOfDay: 11 * 60 + 30,
    compose: (random, copy) =>
      invoice({
        merchant: { name: 'Norton Renewal Desk', address: 'desk@renewals.example' },
        note: 'Your account will be charged $749.00 for NortonLifeLock within 24 hours. If you did not authorize this, call our billing team at +1 (808) 555-0142 to cancel and get a refund.',
        recipientName: victim(copy).name,
        amount: '$749.00 USD',
        random,
      }),
  },
  {
    name: 'share-foreign-link',
    title: 'Drive share notice, foreign link in the message',
    vendor: 'google',
    copies: 5,
    minuteOfDay: 14 * 60,
    compose: (random) =>
      shareNotice({
        sharer: { name: 'Human Resources', address: 'hr.records2291@gmail.com' },
        title: 'Payroll update.pdf',
        message:
          'Action required: your direct deposit could not be processed. Verify your account within 24 hours to avoid suspension: https://staff-portal.example.net/verify',
        kind: 'document',
        design: 'new',
        random,
      }),
  },
];

/** Copies go to people of different organizations. */
export function victim(copy: number): (typeof recipients)[number] {
  const person = recipients[(copy * 7 + 3) % recipients.length];
  if (!person) throw new RangeError('nobody to attack');
  return person;
}

/** One genuine signed mail, sent on by a stranger two days later (RFC 6376 §8.6). */
export const replay = {
  name: 'dkim-replay',
  title: 'Replay of one genuine signed PayPal mail',
  vendor: 'paypal',
  copies: 20,
  /** The first honest mail of the vendor at or after this minute is the one. */
  originalMinute: (calendar.days - 2) * 1440 + 13 * 60,
  minuteOfDay: 16 * 60,
  mailFrom: 'bounce@parcel-updates.example',
  host: { name: 'vps-4411.cheap-hosting.example', address: '127.66.6.6' },
} as const;
