import type { Analysis } from '../analysis.ts';
import { archivedTransaction } from '../archive/archived-transaction.ts';
import type { BaselineStore } from '../baseline/store.ts';
import { openOfflineAnalysis } from '../commands/offline-analysis.ts';
import type { ActiveRules } from '../dependencies.ts';
import { createPseudonym, type Pseudonym } from '../features/hash.ts';
import { readHeader } from '../message/header.ts';
import type { Transaction } from '../smtp/transaction.ts';
import { assumedAuthentication } from './assumed-authentication.ts';
import { outcomeOf, type Outcome } from './compare-outcome.ts';
import { judgeStated } from './judge-stated.ts';
import type { RuleTest } from './rule-test.ts';

/** Cases are the same on every machine, and so is the key. */
const pseudonymKey = Buffer.alloc(32);

/** Bytes that hold the header block. */
const headerBytes = 256 * 1024;

/** No case waits for anybody: a busy machine must not make a message `unavailable`. */
const patientAnalysisMs = 60_000;

const settings = {
  dns: [],
  dnsTimeoutMs: 1000,
  analysisDeadlineMs: patientAnalysisMs,
  authservId: 'rules.test',
};

/** The stages of production over one store or another, one message at a time. */
export type RuleTestJudge = AsyncDisposable & {
  readonly pseudonym: Pseudonym;
  /** Analyses ordinary mail of a history, and counts it as traffic. */
  readonly ordinary: (store: BaselineStore) => (transaction: Transaction) => Promise<Analysis>;
  /** Judges the message of a case and leaves no trace. */
  readonly judge: (test: RuleTest, store: BaselineStore) => Promise<Outcome>;
};

type Current = {
  readonly store: BaselineStore;
  readonly authenticated: boolean;
  readonly countsTraffic: boolean;
};

export function openJudge(rules: ActiveRules): RuleTestJudge {
  let current: Current | null = null;
  const pseudonym = createPseudonym(pseudonymKey);
  const offline = openOfflineAnalysis({
    settings,
    rules,
    baselines: {
      observe: (request) => {
        if (current === null) throw new Error('no case is being judged');
        return current.store.observe({ ...request, count: current.countsTraffic });
      },
    },
    organization: null,
    pseudonymKey,
    assumeAuthenticated: true,
    authenticate: async ({ content }) =>
      assumedAuthentication(
        readHeader(await content.prefix(headerBytes)),
        current?.authenticated !== false,
      ),
    countsTraffic: false,
    onBug: (failure) => {
      throw failure;
    },
  });
  const analyse = (transaction: Transaction, under: Current): Promise<Analysis> => {
    current = under;
    return offline.analyse(transaction, rules);
  };
  return {
    pseudonym,
    ordinary: (store) => (transaction) =>
      analyse(transaction, { store, authenticated: true, countsTraffic: true }),
    judge: async (test, store) => {
      const { authenticated, input } = test;
      if (input.kind === 'features')
        return judgeStated({ test, levels: input.levels, rules, store, pseudonym });
      const under = { store, authenticated, countsTraffic: false };
      return outcomeOf(await analyse(transactionOf(test, input.bytes), under));
    },
    [Symbol.asyncDispose]: () => offline[Symbol.asyncDispose](),
  };
}

function transactionOf({ at, recipients }: RuleTest, bytes: Buffer): Transaction {
  const archived = archivedTransaction({
    id: 'rule-test',
    bytes,
    header: readHeader(bytes),
    receivedAt: at,
  });
  const rcptTo = recipients ?? archived.envelope.rcptTo;
  return {
    ...archived,
    envelope: { ...archived.envelope, rcptTo, rcptParameters: rcptTo.map(() => '') },
  };
}
