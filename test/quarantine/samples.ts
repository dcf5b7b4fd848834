import { memoryContent } from '../../src/smtp/content.ts';
import type { HeldMessage } from '../../src/quarantine/quarantine.ts';
import { connection, envelope, id } from '../action/samples.ts';

export const prefix = Buffer.from('X-Aliaswatch-Verdict: anomalous\r\n');
export const body = Buffer.from('Subject: hello\r\n\r\nline \xe9\xff\r\n', 'latin1');
export const content = memoryContent(body);
export const wholeMessage = Buffer.concat([prefix, body]);

export function heldMessage(changes: Partial<HeldMessage> = {}): HeldMessage {
  return {
    id,
    heldAt: '2026-03-05T06:07:08.000Z',
    alias: 'vendor-billing',
    verdict: 'anomalous',
    scoreBits: 25,
    reason: 'phone in the subject',
    cause: 'callback',
    campaign: '0c1d2e3f4a5b',
    ruleset: '4f1c00aa11bb',
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
    deliveries: [],
    ...changes,
  };
}
