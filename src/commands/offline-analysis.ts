import { noAlerts } from '../alerts/alerts.ts';
import { canonicalAddress } from '../alias/address.ts';
import { createCatalogue } from '../alias/catalogue.ts';
import { analyse, type Analysis } from '../analysis.ts';
import { assumeAuthenticated } from '../archive/archived-transaction.ts';
import { createAuthenticator } from '../authentication/authenticate.ts';
import { createResolver, defaultResolverOptions } from '../authentication/resolver.ts';
import type { BaselineStore } from '../baseline/store.ts';
import { formatHostPort } from '../config/host-port.ts';
import type { Settings } from '../config/settings.ts';
import type { FailureCause } from '../decision/policy.ts';
import type { ActiveRules, AnalysisDependencies } from '../dependencies.ts';
import { createPseudonym } from '../features/hash.ts';
import { createAttachmentReader } from '../message/attachments/attachment-reader.ts';
import type { MessagePart } from '../message/attachments/message-part.ts';
import { readHeader } from '../message/header.ts';
import type { OrganizationLedgers } from '../organization/ledgers.ts';
import type { Transaction } from '../smtp/transaction.ts';
import { CommandFailure } from './command.ts';

/** Nobody waits: what production has ready when mail comes is started here when it is needed. */
const attachmentReaderStartMs = 10_000;

const dnsQueriesPerMessage = 60;
const maxHeaderBytes = 262_144;

export type OfflineAnalysisOptions = {
  readonly settings: Pick<Settings, 'dns' | 'dnsTimeoutMs' | 'analysisDeadlineMs' | 'authservId'>;
  readonly rules: ActiveRules;
  readonly baselines: Pick<BaselineStore, 'observe'>;
  readonly organization: Pick<OrganizationLedgers, 'look'> | null;
  readonly pseudonymKey: Buffer;
  /** The operator vouches for the mail; otherwise it is authenticated, with DNS as it is now. */
  readonly assumeAuthenticated: boolean;
  /** What is taken for the result instead of either; for cases that say how their mail authenticates. */
  readonly authenticate?: AnalysisDependencies['authenticate'];
  readonly countsTraffic: boolean;
  /** Told of mistakes of ours; the message is `unavailable`. What it throws, `analyse` throws. */
  readonly onBug: (failure: CommandFailure) => void;
};

export type OfflineAnalysis = AsyncDisposable & {
  /**
   * Under the rules that it was opened with, unless others are given.
   * @throws CommandFailure when the store does not answer: production would let mail pass unscored.
   */
  readonly analyse: (transaction: Transaction, under?: ActiveRules) => Promise<Analysis>;
};

/** The stages of production for a message that no client is waiting for. */
export function openOfflineAnalysis(options: OfflineAnalysisOptions): OfflineAnalysis {
  const { settings, rules, baselines, organization, pseudonymKey, countsTraffic, onBug } = options;
  const { analysisDeadlineMs, authservId, dnsTimeoutMs } = settings;
  const resolver = createResolver({
    ...defaultResolverOptions,
    servers: settings.dns.map(formatHostPort),
    timeoutMs: dnsTimeoutMs,
  });
  const attachments = createAttachmentReader({ onPart: () => undefined });
  const dependencies = {
    authenticate:
      options.authenticate ??
      (options.assumeAuthenticated
        ? vouchFor
        : createAuthenticator({
            resolver,
            authservId,
            deadlineMs: analysisDeadlineMs * 0.8,
            maxQueries: dnsQueriesPerMessage,
          })),
    readAttachments: async (parts: readonly MessagePart[], limitMs: number) => {
      if (parts.length > 0) await attachments.warm();
      return attachments.read(parts, limitMs);
    },
    baselines,
    organization,
    alerts: noAlerts,
    pseudonym: createPseudonym(pseudonymKey),
    analysisDeadlineMs: analysisDeadlineMs + attachmentReaderStartMs,
    countsTraffic,
  };
  const events = {
    stageMeasured: () => undefined,
    holdCapped: () => undefined,
    failedOpen: (cause: FailureCause, error: unknown) => {
      if (cause === 'bug') onBug(new CommandFailure(bugText(error), { cause: error }));
      else if (cause === 'store') throw new CommandFailure(messageOf(error), { cause: error });
    },
  };
  return {
    analyse: (transaction, under = rules) =>
      analyse(transaction, under, { ...dependencies, events }),
    [Symbol.asyncDispose]: async () => {
      await attachments[Symbol.asyncDispose]();
      await resolver[Symbol.asyncDispose]();
    },
  };
}

async function vouchFor({ content }: Transaction) {
  return assumeAuthenticated(readHeader(await content.prefix(maxHeaderBytes)));
}

function bugText(error: unknown): string {
  return `unexpected ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The rules, with these addresses watched as well. */
export function watchAlso(rules: ActiveRules, addresses: Iterable<string>): ActiveRules {
  const unwatched = new Set<string>();
  for (const address of addresses) {
    const canonical = canonicalAddress(address);
    // A star would make a pattern of an address that somebody else wrote.
    if (canonical !== null && !canonical.includes('*') && rules.catalogue.find(canonical) === null)
      unwatched.add(canonical);
  }
  const catalogue = createCatalogue(rules.aliases, [...rules.policy.watch, ...unwatched]);
  return unwatched.size === 0 ? rules : { ...rules, catalogue };
}
