import { replay, slotAttacks } from './attacks.ts';
import type { AttackResult, HonestResult } from './play.ts';
import { countActions, type AttackSummary, type DemoResult } from './summary.ts';
import { profiles, type VendorName } from './vendors.ts';

export type ReportInput = {
  readonly result: DemoResult;
  readonly honest: readonly HonestResult[];
  readonly attacks: readonly AttackResult[];
};

/** What happened, for a person at a terminal. */
export function renderReport(input: ReportInput): string {
  return [
    ...honestSection(input),
    '',
    ...attackSection(input),
    '',
    bytesLine(input),
    '',
    ...nextSteps,
    '',
  ].join('\n');
}

const vendorNames: readonly VendorName[] = ['microsoft', 'paypal', 'google'];

const traitTitles = {
  redesign: 'after a redesign: new layout, new link domain',
  'busy day': 'on a billing day with five times the mail',
  forward: 'forwarded by their recipient: SPF of a stranger',
} as const;

function honestSection({ honest }: ReportInput): readonly string[] {
  const row = (title: string, results: readonly HonestResult[]) => {
    const { messages, tagged, quarantined } = countActions(results);
    return `  ${title.padEnd(52)} ${count(messages, 8)} ${count(tagged, 6)} ${count(quarantined, 6)}`;
  };
  const traits = Object.entries(traitTitles);
  return [
    'HONEST MAIL, 30 days and the day of the attacks',
    `  ${''.padEnd(52)} messages tagged   held`,
    ...vendorNames.map((name) =>
      row(
        profiles[name].alias,
        honest.filter(({ vendor }) => vendor === name),
      ),
    ),
    '  among them',
    ...traits.map(([name, title]) =>
      row(
        `  ${title}`,
        honest.filter(({ trait }) => trait === name),
      ),
    ),
  ];
}

function attackSection({ result, attacks }: ReportInput): readonly string[] {
  const titles = new Map([...slotAttacks, replay].map(({ name, title }) => [name, title]));
  const rows = result.attacks.flatMap((summary) => {
    const copies = attacks.filter(({ attack }) => attack === summary.name);
    const verdict = copies.find(({ action }) => action === summary.action)?.verdict ?? '';
    return [
      `  ${(titles.get(summary.name) ?? '').padEnd(52)} ${count(summary.copies, 6)} ${verdict.padEnd(11)} ${fate(copies)}`,
      `      ${why(summary)}`,
    ];
  });
  return [
    "ATTACKS, every copy signed with the vendor's own key",
    `  ${'what arrived'.padEnd(52)} copies verdict     the recipient's MTA got`,
    ...rows,
  ];
}

function fate(copies: readonly AttackResult[]): string {
  const held = copies.filter(({ action }) => action === 'quarantine').length;
  if (held === copies.length) return 'nothing: all held';
  const tagged = copies.filter(({ action }) => action === 'tag').length;
  const usual = copies.length - held - tagged;
  return [
    ...(usual > 0 ? [`${usual} as usual`] : []),
    ...(tagged > 0 ? [`${tagged} tagged`] : []),
    ...(held > 0 ? [`not the ${held} that were held`] : []),
  ].join(', ');
}

const shownTerms = 3;

/** The strongest terms of the reason; all of it stands in the header field and in the quarantine. */
function why({ reason, scoreBits, firstFlaggedCopy }: AttackSummary): string {
  if (firstFlaggedCopy === null) return 'nothing stood out';
  const terms = reason.slice(reason.indexOf(': ') + 2).split('; ');
  const shown = terms.slice(0, shownTerms).map((term) => term.replace(comparison, ''));
  return `${(scoreBits ?? 0).toFixed(1)} bits: ${shown.join('; ')}`;
}

/** What a term says of the alias's history, before its bits. */
const comparison = / \([^()]* messages since [^()]*\)(?= [+-])/;

function bytesLine({ result, honest, attacks }: ReportInput): string {
  const relayed = [...honest, ...attacks].filter(({ identical }) => identical !== null);
  const changed = relayed.filter(({ identical }) => identical === false).length;
  return result.relayedByteIdentical
    ? `RELAYED BYTES  all ${relayed.length.toLocaleString('en-US')} messages that reached the MTA are byte for byte what was sent, under our own header fields`
    : `RELAYED BYTES  ${changed} of ${relayed.length.toLocaleString('en-US')} messages that reached the MTA were changed: this is a bug, please report it`;
}

const nextSteps = [
  'WHERE TO LOOK NEXT',
  '  learn from your own archive   npm run -s aliaswatch -- learn archive.mbox --store sqlite:baselines.db --assume-authenticated',
  '  check one message against it  npm run -s aliaswatch -- check message.eml --store sqlite:baselines.db --assume-authenticated',
  '  run it in front of Postfix    npm run -s aliaswatch -- serve --listen 0.0.0.0:2525 --next-hop 127.0.0.1:25   (tags only, until you say --mode enforce)',
  '  all of it                     README.md; the rules that decided here are in rules/',
];

function count(value: number, width: number): string {
  return value.toLocaleString('en-US').padStart(width);
}
