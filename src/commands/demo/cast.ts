import type { Sharer } from './drive-mail.ts';
import type { Merchant } from './paypal-mail.ts';
import type { Random } from './random.ts';

export type Person = { readonly name: string; readonly address: string };

const organizations = [
  'harbour-clinic.example',
  'northbank-legal.example',
  'orchard-school.example',
  'kettle-foods.example',
  'lindqvist-bygg.example',
  'museum-am-markt.example',
  'rio-claro-turismo.example',
  'tidewater-energy.example',
  'atelier-rousseau.example',
];

const givenNames =
  'Ana Bram Chiara Dmitri Esther Farid Greta Hugo Ines Jonas Karin Leo Mariam Nils Olga Pablo Quentin Rosa Samir Tilda Uwe Vera Wei Xenia'.split(
    ' ',
  );
const familyNames =
  'Duarte Okafor Lindgren Rossi Haddad Becker Moreau Tanaka Novak Silva Quinn'.split(' ');

/** The people behind the gateway: five for each of nine organizations. */
export const recipients: readonly Person[] = organizations.flatMap((domain, floor) =>
  Array.from({ length: 5 }, (_, desk) => personAt(domain, floor * 5 + desk)),
);

function personAt(domain: string, index: number): Person {
  const given = givenNames[index % givenNames.length] ?? '';
  const family = familyNames[index % familyNames.length] ?? '';
  return { name: `${given} ${family}`, address: `${given}.${family}@${domain}`.toLowerCase() };
}

const tradeNames =
  'Alder Birch Copper Dune Ember Fjord Granite Harvest Iris Juniper Kestrel Lumen Meadow Nimbus Opal Pine Quarry Ridge Saffron Tern Umbra Violet Willow Yarrow Zephyr'.split(
    ' ',
  );
const trades =
  'Analytics Bakery Carpentry Dental Engineering Films Gardens Hostels Interiors Kitchens Labs Motors Nursery Optics Payments Robotics Studio Travel Upholstery Ventures Yoga'.split(
    ' ',
  );
const legalForms = ['', '', '', ' Ltd', ' GmbH', ' & Sons', ' LLC', ' Group', ' S.A.', ' 24/7'];

/** Honest names that look odd to software. */
const oddNames = [
  'Booking.com',
  'Müller & Söhne Straßenbau',
  '3D Druck Köln',
  'AC/DC Elektro',
  'Payroll Partners',
  'Łódź Design Festiwal',
  'Studio 54',
  'Support Network for Carers',
  'Área 51 Câmeras',
  'Bank of Ideas',
  'Crypto Valley Makers',
  'Zahnarztpraxis Dr. Klein',
];

/** A business: sometimes one that everybody deals with, sometimes one that nobody here has met. */
export function businessName(random: Random): string {
  if (random.chance(0.08)) return random.pick(oddNames);
  if (random.chance(0.45))
    return `${random.pick(tradeNames.slice(0, 5))} ${random.pick(trades.slice(0, 4))}`;
  return `${random.pick(tradeNames)} ${random.pick(trades)}${random.pick(legalForms)}`;
}

export function merchant(random: Random): Merchant {
  const name = businessName(random);
  return {
    name,
    address: `${random.pick(['billing', 'hello', 'office', 'shop'])}@${domainFor(name)}`,
  };
}

export function sharer(random: Random): Sharer {
  const name = `${random.pick(givenNames)} ${random.pick(familyNames)}`;
  const mailbox = name.toLowerCase().replace(' ', '.');
  const isPrivate = random.chance(0.3);
  const domain = isPrivate ? 'gmail.com' : domainFor(businessName(random));
  return {
    name,
    address: isPrivate ? `${mailbox}${random.below(90) + 10}@${domain}` : `${mailbox}@${domain}`,
  };
}

function domainFor(business: string): string {
  const label = business
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${label}.example`;
}
