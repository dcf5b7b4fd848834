import { assumeAuthenticated } from '../../../src/archive/archived-transaction.ts';
import { extractFeatures } from '../../../src/features/extract-features.ts';
import type { Features, Sighting } from '../../../src/features/features.ts';
import type { Pseudonym } from '../../../src/features/hash.ts';
import type { Lists } from '../../../src/features/lists.ts';
import { readHeader } from '../../../src/message/header.ts';
import { parseMessage } from '../../../src/message/message.ts';
import { seeded } from '../../support/appraised-mail.ts';
import { mailBytes, transactionOf } from '../../support/messages.ts';

/** One message of an invented vendor as scoring sees it: to read the same few thousand words a million times tells nothing of stores. */
export type VendorMail = {
  readonly alias: string;
  readonly at: Date;
  readonly features: Features;
  /** Registrable domain of the vendor, which its links lead to. */
  readonly domain: string;
};

export type VendorTraffic = {
  /** The next message of the alias with that number, in the words and with the people of alias `like`. */
  readonly next: (alias: number, at: Date, like?: number) => VendorMail;
};

/** What an invented vendor writes; `{m}` merchant, `{n}` number, `{a}` amount, `{t}` token. */
const templates = [
  ['Invoice {n} from {m}', '{m} sent you an invoice for {a}.', 'It is due on receipt.', 'invoice/p/{t}'],
  ['Receipt for your payment to {m}', 'You paid {a} to {m}.', 'Transaction {t}.', 'activity/payment/{t}'],
  ['Your verification code', 'Your code is {n}.', 'It expires in ten minutes.', 'account/security'],
  ['New sign-in to your account', 'Your account was opened from {m}.', 'If it was you, there is nothing to do.', 'account/devices/{n}'],
  ['{m} shared a document with you', '{m} has invited you to view the file {t}.', 'The link works for you alone.', 'd/{t}/view'],
  ['Your order {n} is on its way', 'The parcel of {m} left our warehouse.', 'It arrives within three days.', 'track/{t}'],
  ['News from {m}', 'See what {m} has made for you this month.', 'Prices start at {a}.', 'campaign/{n}/open'],
  ['Your subscription renews soon', 'Your plan with {m} renews for {a}.', 'You can cancel at any time.', 'billing/plan/{n}'],
  ['Ticket {n} was updated', '{m} answered your question.', 'Reply to this mail or open the ticket.', 'tickets/{n}'],
  ['Your statement is ready', 'The statement of {m} shows a balance of {a}.', 'Keep it for your records.', 'statements/{t}.pdf'],
  ['{m} invited you to a meeting', 'The meeting about {m} begins at nine.', 'Bring the file {t}.', 'events/{t}'],
  ['Please sign: {m} contract', '{m} sent you a document to review and sign.', 'Do not share this link.', 'sign/{t}'],
] as const; // prettier-ignore

const variants = 24;
const templatesPerAlias = 4;
const recipientsPerAlias = 60;
const merchantsPerAlias = 12;
/** Of a message: a merchant that never wrote before, a guest's link, and several recipients. */
const chances = { newMerchant: 0.04, fewRecipients: 0.05 };
const [ownDomain, guestDomain] = ['vendor.example', 'guest.example'];
const names = 'Alder Birch Cedar Dogwood Elm Fir Ginkgo Hazel Ivy Juniper Larch Maple Nettle Oak Pine Quince Rowan Spruce Thorn Willow'.split(' '); // prettier-ignore
const trades = 'Bakery Cycles Studio Press Foods Dental Motors Books Travel Gardens Music Optics Tools Legal'.split(' '); // prettier-ignore

/**
 * Mail of any number of aliases, always the same for the same seed. Every text is read by the real parser and the real
 * features once for each variant; a message has its own signature, recipients, actor and domains.
 */
export async function createVendorTraffic(given: {
  readonly lists: Lists;
  readonly pseudonym: Pseudonym;
  readonly seed?: number;
}): Promise<VendorTraffic> {
  const { pseudonym } = given;
  const random = seeded(given.seed ?? 1);
  const below = (count: number) => Math.floor(random() * count);
  const pool = await Promise.all(
    templates.map((template) =>
      Promise.all(
        Array.from({ length: variants }, (_, variant) => readFeatures(template, variant, given)),
      ),
    ),
  );
  const people = Array.from({ length: 3000 }, (_, person) => ({
    address: pseudonym(`person${person}@site${person % 40}.example`),
    domain: pseudonym(`site${person % 40}.example`),
  }));
  let messages = 0;
  return {
    next: (alias, at, like = alias) => {
      const kind = (like * 5 + below(templatesPerAlias)) % templates.length;
      const features = pool[kind]![below(variants)]!;
      const domain = `vendor${like}.example`;
      const count = random() < chances.fewRecipients ? 3 : 1;
      // Some people get far more of an alias's mail than others.
      const recipients = Array.from(
        { length: count },
        () => people[(like * 7 + Math.floor(recipientsPerAlias * random() ** 2)) % people.length]!,
      );
      const merchant = random() < chances.newMerchant ? 1e6 + below(1e6) : below(merchantsPerAlias);
      messages++;
      return {
        alias: `vendor-${alias}`,
        at,
        domain: `vendor${alias}.example`,
        features: {
          ...features,
          sightings: features.sightings.flatMap((sighting) =>
            sighting.table === 'recipient'
              ? recipients.map(({ address }) => ({ ...sighting, value: address }))
              : [renamed(sighting, domain, `guest${(like + below(40)) % 5000}.example`)],
          ),
          standings: features.standings.map((standing) => renamed(standing, domain, guestDomain)),
          recipients,
          signatureHash: `signature ${alias} ${messages}`,
          actor: pseudonym(`merchant ${merchant} of ${like}`),
        },
      };
    },
  };
}

function renamed<Named extends Pick<Sighting, 'value'>>(
  sighting: Named,
  own: string,
  guest: string,
): Named {
  const { value } = sighting;
  if (value.includes(ownDomain)) return { ...sighting, value: value.replaceAll(ownDomain, own) };
  if (value.includes(guestDomain))
    return { ...sighting, value: value.replaceAll(guestDomain, guest) };
  return sighting;
}

async function readFeatures(
  [subject, first, second, path]: (typeof templates)[number],
  variant: number,
  { lists, pseudonym }: { readonly lists: Lists; readonly pseudonym: Pseudonym },
): Promise<Features> {
  const random = seeded(variant + 1);
  const below = (count: number) => Math.floor(random() * count);
  const [merchant, number] = [`${names[below(20)]} ${trades[below(14)]}`, 10_000 + below(80_000)];
  const filled = (text: string) =>
    text
      .replaceAll('{m}', merchant)
      .replaceAll('{n}', String(number))
      .replaceAll('{a}', `$${below(900)}.${10 + below(90)}`)
      .replaceAll('{t}', number.toString(36).repeat(4).toUpperCase());
  const guest = variant % 8 === 7 ? `<p>More at <a href="https://www.${guestDomain}/shop/${number}">our shop</a>.</p>` : ''; // prettier-ignore
  const bytes = mailBytes({
    from: `"${merchant} via Vendor" <no-reply@${ownDomain}>`,
    subject: filled(subject),
    fields: [`Message-ID: <${variant}.${number}@${ownDomain}>`, 'MIME-Version: 1.0'],
    html: `<html><body><table class="frame"><tr><td class="logo"><img src="https://static.${ownDomain}/logo.png" alt="Vendor"></td></tr>
<tr><td class="hero"><p>Hello,</p><h2>${filled(first)}</h2><p>${filled(second)}</p></td></tr>
<tr><td><a class="cta" href="https://www.${ownDomain}/${filled(path)}">Open it on our site</a>${guest}</td></tr>
<tr><td class="foot"><p>You receive this mail because you have an account with us. Please do not reply to this address.</p>
<p><a href="https://www.${ownDomain}/help">Help</a> <a href="https://www.${ownDomain}/privacy">Privacy</a> Vendor, Inc., 12 Main Street, Springfield</p></td></tr></table></body></html>`,
  });
  const header = readHeader(bytes);
  return extractFeatures({
    transaction: transactionOf(bytes, {
      connection: { clientAddress: `192.0.2.${7 + (variant % 3)}` },
      envelope: { mailFrom: `bounce@${ownDomain}` },
    }),
    message: await parseMessage(bytes, header),
    authentication: assumeAuthenticated(header),
    lists,
    pseudonym,
    address: `no-reply@${ownDomain}`,
  });
}
