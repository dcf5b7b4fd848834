import { isIP } from 'node:net';
import type { AuditLog } from './audit/audit-log.ts';
import { openAuditReader } from './audit/read-audit.ts';
import { auditDirectory } from './audit/start-audit.ts';
import type { HostPort } from './config/host-port.ts';
import type { Settings } from './config/settings.ts';
import type { Access } from './console/access/access.ts';
import { openAccessFile } from './console/access/access-file.ts';
import { oidcOptionsOf, readClientSecret } from './console/access/oidc/oidc-options.ts';
import { operatorsPath, watchOperators } from './console/access/operators.ts';
import { createSessions, sessionLimitsOf } from './console/access/sessions.ts';
import { createTokens } from './console/access/tokens.ts';
import { pageAudit } from './console/audit-pages.ts';
import { listenForConsole } from './console/listen.ts';
import { createConsole } from './console/server.ts';
import type { ConsoleSources, RequestList } from './console/sources.ts';
import type { WatchedStatus } from './console/watch-status.ts';
import type { ReleaseRequests } from './notices/links/recipient-requests.ts';
import type { Events } from './observability/events.ts';
import type { RequestHandler } from './observability/http.ts';
import type { Readiness } from './observability/readiness.ts';
import type { CertificateFiles } from './smtp/certificate.ts';

export type ConsoleStart = {
  readonly settings: Settings;
  readonly version: string;
  readonly sources: Pick<
    ConsoleSources,
    | 'review'
    | 'quarantine'
    | 'baselines'
    | 'rules'
    | 'candidate'
    | 'policyInForce'
    | 'pseudonym'
    | 'auditHeads'
  >;
  readonly audit: AuditLog;
  readonly requests: ReleaseRequests;
  readonly status: WatchedStatus['read'];
  readonly readiness: () => Promise<Readiness>;
  readonly events: Pick<Events, 'consoleLogin' | 'consoleAnswered' | 'consoleFailed'>;
  readonly now: () => Date;
};

export type RunningConsole = AsyncDisposable & {
  /** For the listener of metrics and health; null where the console has its own address, or is off. */
  readonly handle: RequestHandler | null;
  /** Its own address, or null. */
  readonly address: HostPort | null;
};

/** @throws Error in one sentence when its address or certificate cannot be used. */
export async function startConsole(start: ConsoleStart): Promise<RunningConsole> {
  const { settings, version, now, events } = start;
  const certificate = consoleCertificateOf(settings);
  if (settings.console === 'off')
    return { handle: null, address: null, [Symbol.asyncDispose]: () => Promise.resolve() };
  await using opened = new AsyncDisposableStack();
  const { console } = settings;
  const site = opened.use(
    await createConsole({
      sources: sourcesOf(start),
      access: await openAccess(settings, now, opened),
      client: {
        trustedProxies: settings.consoleTrustedProxies,
        hosts: hostsOf(settings),
        isTls: certificate !== null,
      },
      version,
      now,
      events,
    }),
  );
  const { handle } = site;
  const listener =
    console === 'http'
      ? null
      : opened.use(
          await listenForConsole({
            listen: console,
            certificate,
            handle,
            onError: events.consoleFailed,
          }),
        );
  const owned = opened.move();
  return {
    handle: listener === null ? handle : null,
    address: listener?.address ?? null,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function openAccess(
  settings: Settings,
  now: () => Date,
  opened: AsyncDisposableStack,
): Promise<Access> {
  const oidc = oidcOptionsOf(settings);
  if (oidc !== null) await readClientSecret(oidc);
  const file = opened.use(openAccessFile(settings.stateDir));
  return {
    operators: watchOperators(operatorsPath(settings), {
      // Who has a provider wants a login, also on this machine.
      mustExist: settings.operatorsFile !== null || oidc !== null,
    }),
    sessions: createSessions(file, now, sessionLimitsOf(settings)),
    tokens: createTokens(file, now),
    passwordLogin: settings.passwordLogin === 'on',
    oidc,
  };
}

/** Names of this machine; an address that we listen on is one as well, unless it stands for all of them. */
function hostsOf({
  console,
  consoleHosts,
  consoleUrl,
  hostname,
  http,
}: Settings): readonly string[] {
  const { host } = typeof console === 'string' ? http : console;
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const own = isIP(host) === 6 ? `[${host}]` : host;
  const known = consoleUrl === null ? [] : [new URL(consoleUrl).hostname];
  return [hostname, ...consoleHosts, ...known, ...(isEverywhere ? [] : [own])].map((name) =>
    name.toLowerCase(),
  );
}

/** @throws Error in one sentence for settings that do not belong together. */
export function consoleCertificateOf({
  console,
  consoleTlsCertFile: certFile,
  consoleTlsKeyFile: keyFile,
}: Pick<
  Settings,
  'console' | 'consoleTlsCertFile' | 'consoleTlsKeyFile'
>): CertificateFiles | null {
  if (certFile === null && keyFile === null) return null;
  if (certFile === null || keyFile === null)
    throw new Error('consoleTlsKeyFile is given without consoleTlsCertFile: name the certificate');
  if (typeof console === 'string')
    throw new Error(
      'consoleTlsCertFile is for a console with an address of its own: set console to HOST:PORT',
    );
  return { certFile, keyFile };
}

function sourcesOf(start: ConsoleStart): ConsoleSources {
  const { settings, sources, audit, requests, version, now } = start;
  const startedAt = now().toISOString();
  return {
    ...sources,
    audit,
    auditReader: pageAudit(openAuditReader(auditDirectory(settings.stateDir))),
    requests: requestsOf(requests, now),
    status: async () => {
      const { version: ruleset, policy } = sources.rules();
      const readiness = await start.readiness();
      return { version, ruleset, mode: policy.mode, startedAt, readiness, ...start.status() };
    },
  };
}

function requestsOf(requests: ReleaseRequests, now: () => Date): RequestList {
  return {
    list: (which, page) =>
      requests.list(which, page).map(({ id, kind, message, recipient, at, state, ...closed }) => ({
        id,
        kind,
        message,
        recipient,
        at: at.toISOString(),
        state,
        closedBy: closed.closedBy,
        detail: closed.detail,
      })),
    close: (id, how) => requests.close(id, { ...how, at: now() }),
  };
}
