import type { Alias, Pack } from '../../alias/alias.ts';
import { mixedUse } from '../../alias/mixed-use.ts';
import { printable } from '../text-table.ts';

/** What the catalogue says of an alias, one fact per line. */
export function packText(alias: Alias): string {
  const proof = `DKIM of ${alias.dkimDomains.join(', ')}${alias.spfIsEnough ? ', or SPF' : ''}`;
  const facts: readonly Fact[] = [
    ['vendor', alias.vendor],
    ['addresses', alias.addresses.join(', ')],
    ['proved by', proof],
    ['written by', alias.actor === 'tenant' ? 'the tenant that its address names' : ''],
    ...(alias.pack === null
      ? [['pack', 'none: this alias is judged by its history alone'] as const]
      : [['mixes', mixedUse(alias) ?? ''] as const, ...packFacts(alias.pack)]),
  ];
  const lines = facts
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `  ${name.padEnd(14)} ${printable(text)}\n`);
  return `${alias.id}\n${lines.join('')}`;
}

type Fact = readonly [name: string, text: string];

function packFacts(pack: Pack): readonly Fact[] {
  return [
    ['used for', pack.functions.join(', ')],
    ...pack.templates.map((template): Fact => [
      'subject',
      `${template.subject} (${template.function})`,
    ]),
    ['own links', pack.linkDomains.join(', ')],
    ['own phones', pack.phones.join(', ')],
    ['answers go to', pack.replyToDomains.join(', ')],
    ['bounces go to', pack.bounceDomains.join(', ')],
    ['often shows', pack.open.join(', ')],
    ['never shows', pack.closed.join(', ')],
    ...pack.slots.map((slot): Fact => ['slot', slot]),
    ['own sentences', pack.boilerplate.length === 0 ? '' : String(pack.boilerplate.length)],
    ['verify at', pack.verifyAt],
  ];
}
