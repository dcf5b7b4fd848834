import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { assumeAuthenticated } from '../../src/archive/archived-transaction.ts';
import { compilerFor, type Compiler } from '../../src/conditions/compile.ts';
import type { ViewSource } from '../../src/conditions/source.ts';
import { conditionCompiler } from '../../src/config/conditions-from.ts';
import { conditionsSchema } from '../../src/config/conditions-schema.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { nearestName } from '../../src/config/nearest-name.ts';
import type { SignalId } from '../../src/features/signals.ts';
import { readHeader } from '../../src/message/header.ts';
import { parseMessage } from '../../src/message/message.ts';
import type { AttachmentText } from '../../src/message/attachment-text.ts';
import { lists, mailBytes, transactionOf, type MailText } from '../support/messages.ts';

const loaded = await loadRules('rules');
assert.ok(loaded.ok, 'the shipped rules load');
export const shipped = loaded.rules;

/** Conditions of the shipped file, which are switched off. */
export const examples = conditionsSchema.parse(
  parse(await readFile('rules/conditions.yaml', 'utf8')),
).conditions;

/** Knows the names of the shipped rules. */
export const compiler: Compiler = conditionCompiler({ ...shipped, sets: [] });

/** Knows one alias and one set, for tests that need no more. */
export const smallCompiler = compilerFor(
  {
    aliasIds: ['vendor-mail'],
    vendors: ['Vendor'],
    attackCauses: ['callback'],
    sets: ['executives', 'scamPhones', 'partners'],
  },
  nearestName,
);

export type Shown = {
  readonly mail?: MailText;
  readonly alias?: string;
  readonly rcptTo?: readonly string[];
  readonly mailFrom?: string;
  readonly signals?: Readonly<Partial<Record<SignalId, number>>>;
  readonly documents?: readonly AttachmentText[];
  readonly observed?: Partial<ViewSource['observation']>;
  readonly bits?: number;
  readonly isMature?: boolean;
  readonly content?: null;
};

/** What a condition reads of a message with these signals. */
export async function sourceOf(shown: Shown = {}): Promise<ViewSource> {
  const data = mailBytes(shown.mail);
  const header = readHeader(data);
  const read = await parseMessage(data, header);
  const message = { ...read, attachments: shown.documents ?? read.attachments };
  const { rcptTo = ['jo@site.example'], mailFrom = 'bounce@vendor.example' } = shown;
  const transaction = transactionOf(data, { envelope: { rcptTo, mailFrom } });
  const alias = shipped.aliases.find(({ id }) => id === (shown.alias ?? 'zoom'));
  assert.ok(alias);
  return {
    alias,
    purpose: null,
    features: { recipients: rcptTo.map((address) => ({ address, domain: '' })) },
    observation: {
      records: [],
      reach: null,
      signatureRecipients: 0,
      hourMessages: 1,
      traffic: {
        actorHourMessages: 0,
        actorHourRecipients: 0,
        actorIsNew: false,
        newActorsThisHour: 0,
      },
      dayMessages: { today: 1, yesterday: 1 },
      snapshot: { version: '', counters: {}, days: 0, firstDay: null, daily: [] },
      ...shown.observed,
    },
    readings: {
      signals: Object.entries(shown.signals ?? {}).map(([signal, level]) => ({
        signal: signal as SignalId,
        level,
        rate: 0.01,
        isInnovation: true,
        observed: '',
        baseline: '',
      })),
      startingUp: { content: false, path: false },
    },
    score: {
      bits: shown.bits ?? 0,
      pValue: 0.1,
      cause: { id: 'callback', title: 'callback' },
      benignCause: { id: 'steady', title: 'steady' },
      terms: [],
      messages: 500,
      days: 30,
      since: null,
    },
    verdict: 'clean',
    isMature: shown.isMature ?? true,
    lists: { ...lists, sets: new Map([['executives', new Set(['cfo@site.example'])]]) },
    content:
      shown.content === null
        ? null
        : {
            message,
            transaction,
            authentication: assumeAuthenticated(header),
            address: header.from[0]?.address ?? '',
          },
  };
}

/** Whether a condition is true of a message. */
export async function isTrue(
  when: string,
  shown: Shown = {},
  by = smallCompiler,
): Promise<boolean> {
  const compiled = by.compile(when);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.isTrueOf(by.viewOf(await sourceOf(shown)));
}
