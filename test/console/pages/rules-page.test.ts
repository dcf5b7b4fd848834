import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedAct } from '../../../src/audit/read-audit.ts';
import type { AuditQuery, ConsoleSources } from '../../../src/console/sources.ts';
import { openBrowser, startSite } from '../console-site.ts';
import { payloads } from '../xss-payloads.ts';

function refusalOf(reason: string): RecordedAct {
  return {
    id: 'a:1',
    at: '2026-03-05T07:00:00.000Z',
    act: 'rules-refused',
    actor: { kind: 'proxy', name: 'mx1', via: 'schedule' },
    subject: '5d0e7c1ab2f4',
    reason,
    facts: { step: 'backtest', via: 'file', problems: 1 },
    personal: {},
  };
}

/** The page with that candidate and that refusal. */
async function pageWith(
  t: Parameters<typeof startSite>[0],
  candidate: ReturnType<ConsoleSources['candidate']>,
  refusals: readonly RecordedAct[],
): Promise<string> {
  const read = ({ act }: AuditQuery) =>
    Promise.resolve({ entries: act === 'rules-refused' ? refusals : [], next: null });
  const site = await startSite(t, {
    operators: null,
    sources: { candidate: () => candidate, auditReader: { read } },
  });
  const { status, body } = await openBrowser(site).get('/rules');
  assert.equal(status, 200);
  assert.deepEqual(site.failures, []);
  return body;
}

const textOf = (page: string) =>
  page
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&#37;', '%');

test('a candidate is shown with its share, and what was refused with the reason', async (t) => {
  const canary = { version: '9c00aa11bb22', stage: { kind: 'canary', share: 0.125 } } as const;
  const refusal = refusalOf('newly held: 20 % of mail, the gate allows 0.2 %');
  const text = textOf(await pageWith(t, canary, [refusal]));
  assert.match(text, /Candidate 9c00aa11bb22 \( ?canary, 12\.5 % of mail ?\)/);
  assert.match(text, /5d0e7c1ab2f4 .* backtest file newly held: 20 % of mail, the gate allows/);
});

test('without either the page says so', async (t) => {
  const text = textOf(await pageWith(t, null, []));
  assert.doesNotMatch(text, /Candidate/);
  assert.match(text, /No refusal is on record/);
});

test('a shadow says that it decides nothing', async (t) => {
  const shadow = { version: '9c00aa11bb22', stage: { kind: 'shadow' } } as const;
  assert.match(
    textOf(await pageWith(t, shadow, [])),
    /9c00aa11bb22 \( ?shadow: it decides nothing/,
  );
});

test('what rules and refusals say is text', async (t) => {
  const hostile = payloads.filter((_, index) => index % 25 === 0);
  for (const text of ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', ...hostile]) {
    const stage = { kind: 'canary', recipientDomains: [text] } as const;
    const refusal = { ...refusalOf(text), subject: text, facts: { step: text, via: text } };
    const body = await pageWith(t, { version: text, stage }, [refusal]);
    assert.equal(body.split('<script').length, 2, `only ours, with ${text}`);
    assert.doesNotMatch(body, /<[^>]*\son\w+=/, text);
    assert.doesNotMatch(body, /<(?:img|iframe|object|embed|base|math)\b/i, text);
  }
});
