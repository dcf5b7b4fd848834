import * as cast from './cast.ts';
import type { Draft } from './draft.ts';
import { shareNotice } from './drive-mail.ts';
import { passwordChanged, verificationCode } from './entra-mail.ts';
import { invoice, newDevice, receipt } from './paypal-mail.ts';
import type { Random } from './random.ts';
import { amount, documentTitle, sellerNote, shareMessage } from './typed-by-customers.ts';
import type { VendorName } from './vendors.ts';

/** What is out of the ordinary about an honest mail. */
export type Trait = 'redesign' | 'forward' | 'busy day';

export type PlannedMail = {
  /** Minutes since the first midnight of the simulation. */
  readonly minute: number;
  readonly vendor: VendorName;
  readonly recipient: cast.Person;
  readonly draft: Draft;
  readonly trait: Trait | null;
};

export const calendar = {
  /** Days of honest mail before the day of the attacks. */
  days: 30,
  redesignDay: 15,
  billingDay: 21,
  /** From here on one person's mail is forwarded to a colleague. */
  forwardingDay: 10,
} as const;

/** Mails on a working day. */
const dailyMails = { microsoft: 12, paypal: 10, google: 11 } as const satisfies Record<
  VendorName,
  number
>;
const weekendShare = 0.4;
const billingFactor = 5;

/** All honest mail of the 30 days and of the day of the attacks, in order of arrival. */
export function planTraffic(random: Random): readonly PlannedMail[] {
  const mails: PlannedMail[] = [];
  for (let day = 0; day <= calendar.days; day++) {
    for (const vendor of ['microsoft', 'paypal', 'google'] as const) {
      const isBusy = vendor === 'paypal' && day === calendar.billingDay;
      const factor = isBusy ? billingFactor : day % 7 > 4 ? weekendShare : 1;
      const count = Math.round(dailyMails[vendor] * factor) + random.below(3);
      for (let mail = 0; mail < count; mail++)
        mails.push(planMail({ vendor, day, isBusy, random }));
    }
  }
  return mails.toSorted((left, right) => left.minute - right.minute);
}

type Slot = {
  readonly vendor: VendorName;
  readonly day: number;
  readonly isBusy: boolean;
  readonly random: Random;
};

function planMail(slot: Slot): PlannedMail {
  const { vendor, day, isBusy, random } = slot;
  const recipient = random.pick(cast.recipients);
  // Invoices of a billing day are sent by programs, early in the morning.
  const minuteOfDay =
    isBusy && random.chance(0.7) ? 360 + random.below(180) : 420 + random.below(780);
  const isRedesigned = vendor === 'google' && day >= calendar.redesignDay;
  return {
    minute: day * 1440 + minuteOfDay,
    vendor,
    recipient,
    draft: drafts[vendor](slot, recipient),
    trait: isBusy ? 'busy day' : isRedesigned ? 'redesign' : null,
  };
}

const drafts: Readonly<Record<VendorName, (slot: Slot, recipient: cast.Person) => Draft>> = {
  microsoft: ({ random }, { address }) => {
    const input = { tenant: cast.businessName(random), recipient: address, random };
    return random.chance(0.8) ? verificationCode(input) : passwordChanged(input);
  },
  paypal: ({ random, isBusy }, { name }) => {
    const payment = {
      merchant: cast.merchant(random),
      note: sellerNote(random),
      recipientName: name,
      amount: amount(random),
      random,
    };
    if (!isBusy && random.chance(0.08)) return newDevice(payment);
    return random.chance(isBusy ? 0.85 : 0.5) ? invoice(payment) : receipt(payment);
  },
  google: ({ random, day }) =>
    shareNotice({
      sharer: cast.sharer(random),
      title: documentTitle(random),
      message: shareMessage(random),
      kind: random.chance(0.75) ? 'document' : 'folder',
      design: day >= calendar.redesignDay ? 'new' : 'old',
      random,
    }),
};
