import { schemaLine } from '../../../config/rule-schemas.ts';
import type { DraftedValue, PackFacts } from './pack-facts.ts';

export type Draft = {
  readonly vendor: string;
  readonly id: string;
  readonly address: string;
  readonly facts: PackFacts;
};

/** The file of a drafted pack: each fact with what it was learned from, for somebody to review. */
export function draftText(draft: Draft): string {
  const { messages, days, since } = draft.facts;
  return [
    schemaLine('aliases/draft.yaml'),
    `# What was learned of mail from ${draft.address}: a draft, to be reviewed line by line before it is activated.`,
    `# Drafted from ${messages} messages on ${days} days since ${since ?? 'never'}. Remove what is not the vendor's own.`,
    `vendor: ${quoted(draft.vendor)}`,
    'aliases:',
    draftedAlias(draft),
  ].join('\n');
}

/** The same alias alone, as it stands below `aliases:`. */
export function draftedAlias({ id, address, facts }: Omit<Draft, 'vendor'>): string {
  const lists = [
    ['linkDomains', facts.linkDomains],
    ['phones', facts.phones],
    ['replyToDomains', facts.replyToDomains],
    ['bounceDomains', facts.bounceDomains],
    ['open', facts.open],
    ['closed', facts.closed],
    ['functions', facts.functions],
    ['slots', facts.slots],
  ] as const;
  const pack = lists.flatMap(([name, values]) => listOf(name, values, '      '));
  return [
    `  - id: ${id} # the id of its history: keep it`,
    `    addresses: [${quoted(address)}]`,
    ...listOf('dkimDomains', facts.dkimDomains, '    ', 'not learned: look at d= of a message'),
    '    confirmed: false # true once you saw `dkim=pass` of such mail',
    ...(pack.length === 0 ? ['    pack: {}'] : ['    pack:', ...pack]),
    '    references:',
    `      - 'drafted by aliaswatch alias suggest'`,
    '',
  ].join('\n');
}

function listOf(
  name: string,
  values: readonly DraftedValue[],
  indent: string,
  unknown = '',
): readonly string[] {
  if (values.length === 0) return [];
  const line = ({ value, source }: DraftedValue) => {
    const remark = source === '' ? unknown : source;
    return `${indent}  - ${quoted(value)}${remark === '' ? '' : ` # ${remark}`}`;
  };
  return [`${indent}${name}:`, ...values.map(line)];
}

/** In quotes where YAML would read something else. */
function quoted(text: string): string {
  return /^[a-z][a-z0-9 .@-]*$/i.test(text) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : `'${text.replaceAll("'", "''")}'`;
}
