import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noAlerts } from '../src/alerts/alerts.ts';
import { createCatalogue } from '../src/alias/catalogue.ts';
import { assumeAuthenticated } from '../src/archive/archived-transaction.ts';
import { defaultStoreLimits } from '../src/baseline/store.ts';
import { openStore } from '../src/baseline/open-store.ts';
import { loadRules } from '../src/config/load-rules.ts';
import type { FailureCause } from '../src/decision/policy.ts';
import type { ActiveRules, Dependencies } from '../src/dependencies.ts';
import { createPseudonym } from '../src/features/hash.ts';
import { readCalendars } from '../src/message/attachments/read-calendars.ts';
import { readHeader } from '../src/message/header.ts';
import { processTransaction } from '../src/pipeline.ts';
import { reply, type Reply } from '../src/smtp/reply.ts';
import { mailBytes, transactionOf } from './support/messages.ts';

/** The failures that no message and no real dependency brings about: a fake injects them, everything else is real. */
const loaded = await loadRules('rules');
assert.ok(loaded.ok);
const { policy } = loaded.rules;
const watched = '*@vendor.example';

/** No analysis takes so long, however loaded the machine is. */
const generousMs = 30_000;

/** What hangs is still hanging then, however fast the machine is. */
const shortMs = 50;

type Run = {
  readonly answer: Reply;
  readonly fields: string;
  readonly relayed: number;
  readonly failures: readonly FailureCause[];
  readonly learned: number;
};

async function run(fault: Partial<Dependencies>, failOpen = policy.failOpen): Promise<Run> {
  await using baselines = await openStore('sqlite::memory:', {
    limits: defaultStoreLimits,
    timeoutMs: 1000,
  });
  const rules: ActiveRules = {
    ...(loaded.ok ? loaded.rules : assert.fail()),
    policy: { ...policy, mode: 'enforce', failOpen },
    catalogue: createCatalogue([], [watched]),
  };
  const data = mailBytes();
  const seen = { fields: '', relayed: 0, failures: [] as FailureCause[], learned: 0 };
  const ignore = () => undefined;
  const deps: Dependencies = {
    rules: () => rules,
    names: { hostname: 'mx.test', authservId: 'mx.test', contactUrl: '' },
    warnRecipients: ({ content }, _analysis, _rules, prefix) =>
      Promise.resolve({ prefix, content }),
    withoutForgedFields: (transaction) => Promise.resolve(transaction),
    authenticate: () => Promise.resolve(assumeAuthenticated(readHeader(data))),
    readAttachments: readCalendars,
    baselines,
    organization: null,
    alerts: noAlerts,
    pseudonym: createPseudonym(Buffer.alloc(32)),
    quarantine: { hold: () => Promise.reject(new Error('not expected')) },
    learn: () => seen.learned++,
    feedOrganization: () => Promise.resolve(),
    events: {
      transactionCompleted: ignore,
      stageMeasured: ignore,
      messageHeld: ignore,
      holdFailed: ignore,
      workersServing: ignore,
      workerEnded: ignore,
      workerFailed: ignore,
      quarantineSwept: ignore,
      quarantineSweepFailed: ignore,
      quarantineIndexFailed: ignore,
      smtpRefused: ignore,
      duplicateRisk: ignore,
      lessonLost: ignore,
      auditLost: ignore,
      auditHead: ignore,
      auditHeadNotPublished: ignore,
      auditDamaged: ignore,
      consoleLogin: ignore,
      consoleAnswered: ignore,
      consoleFailed: ignore,
      priorsFitted: ignore,
      priorFitFailed: ignore,
      baselinesRead: ignore,
      campaignFound: ignore,
      nextHopAnswered: ignore,
      organizationAsked: ignore,
      organizationLost: ignore,
      campaignSeen: ignore,
      breakerOpened: ignore,
      breakerClosed: ignore,
      holdCapped: ignore,
      budgetUsed: ignore,
      reviewMessagesLost: ignore,
      vectorsLost: ignore,
      rulesChanged: ignore,
      rulesRefused: ignore,
      rulesLeftAlone: ignore,
      rulesNotActivated: ignore,
      rulesNotFollowed: ignore,
      rulesShadowed: ignore,
      reviewsNotRead: ignore,
      reviewed: ignore,
      attachmentRead: ignore,
      clientNotTold: ignore,
      relayTested: ignore,
      recipientWarned: ignore,
      noticeTried: ignore,
      noticeLost: ignore,
      noticesStopped: ignore,
      noticeLinkUsed: ignore,
      failedOpen: (cause) => seen.failures.push(cause),
    },
    analysisDeadlineMs: generousMs,
    countsTraffic: true,
    ...fault,
  };
  const nextHop = {
    deliver: (prefix: Buffer) => {
      seen.fields = prefix.toString();
      seen.relayed++;
      return Promise.resolve(reply(250, '2.0.0', 'queued'));
    },
    abandon: () => Promise.resolve(),
  };
  const answer = await processTransaction(transactionOf(data), nextHop, deps);
  return { answer, ...seen };
}

const never = () => new Promise<never>(ignoreForever);
function ignoreForever(): void {
  // neither resolves nor rejects: a dependency that hangs
}

const faults: readonly {
  readonly cause: FailureCause;
  readonly name: string;
  readonly fault: Partial<Dependencies>;
}[] = [
  { cause: 'bug', name: 'analysis throws', fault: { pseudonym: () => assert.fail('our bug') } },
  {
    cause: 'bug',
    name: 'authentication breaks its promise not to throw',
    fault: { authenticate: () => Promise.reject(new Error('our bug')) },
  },
  {
    cause: 'deadline',
    name: 'authentication hangs',
    fault: { authenticate: never, analysisDeadlineMs: shortMs },
  },
  {
    cause: 'deadline',
    name: 'the store hangs beyond its own deadline',
    fault: { baselines: { observe: never }, analysisDeadlineMs: shortMs },
  },
  {
    cause: 'store',
    name: 'the store is down',
    fault: { baselines: { observe: () => Promise.reject(new Error('refused')) } },
  },
];
describe('what fails in analysis never holds mail up', () => {
  for (const { cause, name, fault } of faults) {
    test(`${name}: relayed as unavailable, counted, nothing learned`, async () => {
      const result = await run(fault);
      assert.equal(result.answer.code, 250);
      assert.equal(result.relayed, 1);
      assert.match(
        result.fields,
        new RegExp(`X-Aliaswatch-Verdict: unavailable; cause=${cause}; action=pass`),
      );
      assert.deepEqual(result.failures, [cause]);
      assert.equal(result.learned, 0);
    });
    test(`${name}: the client keeps it where the policy says defer`, async () => {
      const result = await run(fault, { ...policy.failOpen, [cause]: 'defer' });
      assert.equal(result.answer.code, 451);
      assert.equal(result.relayed, 0);
    });
  }
});

test('nothing fails: relayed, and learned after the next hop took it', async () => {
  const result = await run({});
  assert.deepEqual(
    [result.answer.code, result.relayed, result.learned, result.failures],
    [250, 1, 1, []],
  );
});

test("the organization's ledgers do not answer: judged without them, delivered and learned as ever", async () => {
  const asked = { look: () => Promise.reject(new Error('refused')) };
  assert.deepEqual(await run({ organization: asked }), await run({}));
});
