import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Analysis } from '../src/analysis.ts';
import { createCatalogue } from '../src/alias/catalogue.ts';
import { loadRules } from '../src/config/load-rules.ts';
import { noWarning, type Warning } from '../src/decision/warning-policy.ts';
import { createWarning } from '../src/recipient-warning.ts';
import { mailBytes, transactionOf } from './support/messages.ts';

const loaded = await loadRules('rules');
assert.ok(loaded.ok);
const { rules } = loaded;

const wanted: readonly (Partial<Warning> & { readonly kind: string })[] = [
  { kind: 'subject', subjectTag: '[Suspicious]' },
  { kind: 'banner', banner: true },
  { kind: 'banner', banner: true, subjectTag: '[Suspicious]' },
];
for (const { kind, ...warning } of wanted)
  test(`a message that cannot be read goes on as it came: ${Object.keys(warning).join(', ')}`, async () => {
    const seen: string[] = [];
    const warn = createWarning({
      names: { hostname: 'mx.test', authservId: 'mx.test', contactUrl: '' },
      seal: null,
      events: {
        recipientWarned: (...[of, outcome, { error }]) =>
          void seen.push(`${of} ${outcome}: ${String(error)}`),
      },
    });
    const transaction = transactionOf(mailBytes());
    const content = {
      ...transaction.content,
      prefix: () => Promise.reject(new Error('disk gone')),
    };
    const prefix = Buffer.from('Received: ...\r\n');
    const policy = { ...rules.policy, warning: { ...noWarning, ...warning } };
    const active = { ...rules, catalogue: createCatalogue([], []) };
    const analysis = { policy } as Analysis;
    const outgoing = await warn({ ...transaction, content }, analysis, active, prefix);
    assert.deepEqual(outgoing, { prefix, content });
    assert.deepEqual(seen, [`${kind} failed: Error: disk gone`]);
  });
