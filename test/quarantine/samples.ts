import { readdir } from 'node:fs/promises';
import { keyRing } from '../../src/quarantine/key-ring.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import type { HeldMessage } from '../../src/quarantine/quarantine.ts';
import { connection, envelope, id } from '../action/samples.ts';

export const prefix = Buffer.from('X-Aliaswatch-Verdict: anomalous\r\n');
export const body = Buffer.from('Subject: hello\r\n\r\nline \xe9\xff\r\n', 'latin1');
export const content = memoryContent(body);
export const wholeMessage = Buffer.concat([prefix, body]);

export const ring = keyRing([Buffer.alloc(32, 7)]);

/** Files of entries and of entries to be: what a directory holds but for its own name and the shared bytes. */
export async function entryFiles(directory: string): Promise<readonly string[]> {
  const own = new Set(['bodies', 'directory.id']);
  return (await readdir(directory)).filter((name) => !own.has(name)).sort();
}

export function heldMessage(changes: Partial<HeldMessage> = {}): HeldMessage {
  return {
    id,
    heldAt: '2026-03-05T06:07:08.000Z',
    state: 'held',
    closedAt: null,
    expiresAt: '2026-04-04T06:07:08.000Z',
    expiryNoticedAt: null,
    alias: 'vendor-billing',
    verdict: 'anomalous',
    scoreBits: 25,
    reason: 'phone in the subject',
    cause: 'callback',
    campaign: '0c1d2e3f4a5b',
    ruleset: '4f1c00aa11bb',
    onlyUnder: '',
    messageId: '<1@vendor.test>',
    from: 'billing@vendor.test',
    subject: 'hello',
    sizeBytes: body.length,
    connection,
    envelope,
    lesson: {
      id,
      alias: 'vendor-billing',
      day: 20_517,
      counters: { messages: 1 },
      values: [{ table: 'domain', value: 'vendor.test', domains: 1, recipients: 2, actors: 4 }],
    },
    explanation: {
      terms: [
        {
          signal: 'contact',
          bits: 27,
          observed: 'phone +1 802-555-0100 in the subject',
          baseline: 'never in 5,000 messages',
        },
        { signal: 'prior', bits: -2, observed: '', baseline: '' },
      ],
      cause: 'callback lure in a slot',
      benignCause: 'steady',
      pValue: 3.1e-6,
      tagBits: 8,
      quarantineBits: 12,
      quarantineChance: 1e-4,
      messages: 5000,
      days: 180,
      since: '2025-09-06',
    },
    deliveries: [],
    ...changes,
  };
}
