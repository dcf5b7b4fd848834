import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as z from 'zod';
import { formatHostPort, type HostPort } from './host-port.ts';
import { defaultLedgerLimits } from '../organization/ledgers.ts';
import { defaultQuarantineDays } from '../quarantine/expiry.ts';
import { defaultSmtpLimits } from '../smtp/limits.ts';
import { defaultTimeouts } from '../smtp/next-hop-settings.ts';
import { defaultSpoolSizes } from '../smtp/spool.ts';
import { formatNoticeLanguage } from './notice-settings.ts';
import { formatOidcRoles } from './oidc-settings.ts';
import type { settingsSchema } from './settings-schema.ts';
import { redactStoreLocation } from './store-location.ts';

type Given = z.output<typeof settingsSchema>;

/** Everything but the rules: where to listen, where to relay, what to keep and how long to wait. */
export type Settings = Required<Omit<Given, 'nextHop' | 'milterListen' | 'mode' | FileOrName>> & {
  /** In order of preference; null where none was given: `serve` cannot do without it and `milterListen`. */
  readonly nextHop: readonly HostPort[] | null;
  /** Null: mail servers cannot ask us. */
  readonly milterListen: HostPort | null;
  /** Null: `policy.yaml` decides. */
  readonly mode: NonNullable<Given['mode']> | null;
} & Readonly<Record<FileOrName, string | null>>;

/** Null where none was given. */
type FileOrName =
  | 'tlsCertFile'
  | 'tlsKeyFile'
  | 'consoleTlsCertFile'
  | 'consoleTlsKeyFile'
  | 'operatorsFile'
  | 'consoleUrl'
  | 'oidcIssuer'
  | 'oidcClientId'
  | 'oidcClientSecretFile'
  | 'nextHopTlsCaFile'
  | 'nextHopTlsName'
  | 'publicUrl'
  | 'arcDomain'
  | 'arcSelector'
  | 'arcKeyFile'
  | 'quarantineStore'
  | 'quarantineS3Endpoint'
  | 'quarantineS3Region'
  | 'quarantineKeyFile';

/** The rules that ship with us, beside `src/` as beside `dist/`. */
export const packagedRules = fileURLToPath(new URL('../../rules', import.meta.url));

/** Fills in what was not given. `hostname` is the machine's own name. */
export function completeSettings(given: Given, hostname: string): Settings {
  const stateDir = given.stateDir ?? './state';
  const name = given.hostname ?? hostname;
  return {
    listen: { host: '0.0.0.0', port: 2525 },
    http: { host: '127.0.0.1', port: 8025 },
    console: 'http',
    consoleHosts: [],
    consoleTrustedProxies: [],
    passwordLogin: 'on',
    oidcScopes: 'openid email profile',
    oidcRoleClaim: 'groups',
    oidcRoles: [],
    oidcNameClaim: 'email',
    oidcSessionMinutes: 240,
    nextHopProtocol: 'smtp',
    nextHopTls: 'opportunistic',
    clientIdentity: 'auto',
    proxyPeers: [],
    xclientPeers: [],
    trustedRelays: [],
    dns: [],
    rulesDir: packagedRules,
    contactUrl: '',
    noticeMode: 'immediate',
    noticeTo: [],
    noticeRecipients: 'none',
    noticeFrom: { name: 'Aliaswatch', address: `aliaswatch@${name}` },
    noticeLanguage: { everybody: 'en', domains: {} },
    digestHour: 7,
    digestEveryHours: 24,
    publicListen: { host: '127.0.0.1', port: 8026 },
    publicTrustedProxies: [],
    recipientRelease: 'request',
    noticeLinkDays: 14,
    maxMessageBytes: 50 * 1024 * 1024,
    maxRecipients: 1000,
    workers: 1,
    maxSessions: 500,
    bareLineEndings: 'reject',
    ...defaultSmtpLimits,
    exempt: [...defaultSmtpLimits.exempt],
    clientIdleMs: defaultTimeouts.clientIdleMs,
    spoolMemoryBytes: defaultSpoolSizes.memoryBytes,
    maxSpoolBytes: defaultSpoolSizes.maxBytes,
    quarantineS3Addressing: 'auto',
    quarantineTimeoutMs: 10_000,
    maxQuarantineBytes: 10 * 1024 ** 3,
    quarantineDays: defaultQuarantineDays,
    quarantineExpiry: 'release-tagged',
    quarantineBinDays: 14,
    analysisDeadlineMs: 5000,
    dnsTimeoutMs: 1500,
    storeTimeoutMs: 150,
    organizationValues: defaultLedgerLimits.values,
    organizationSample: 10,
    relayDeadlineMs: 300_000,
    drainMs: 30_000,
    logFormat: 'json',
    logLevel: 'info',
    ...given,
    nextHop: given.nextHop ?? null,
    milterListen: given.milterListen ?? null,
    nextHopTlsCaFile: given.nextHopTlsCaFile ?? null,
    nextHopTlsName: given.nextHopTlsName ?? null,
    publicUrl: given.publicUrl ?? null,
    tlsCertFile: given.tlsCertFile ?? null,
    tlsKeyFile: given.tlsKeyFile ?? given.tlsCertFile ?? null,
    arcDomain: given.arcDomain ?? null,
    arcSelector: given.arcSelector ?? null,
    arcKeyFile: given.arcKeyFile ?? null,
    quarantineStore: given.quarantineStore ?? null,
    quarantineS3Endpoint: given.quarantineS3Endpoint ?? null,
    quarantineS3Region: given.quarantineS3Region ?? null,
    quarantineKeyFile: given.quarantineKeyFile ?? null,
    consoleTlsCertFile: given.consoleTlsCertFile ?? null,
    consoleTlsKeyFile: given.consoleTlsKeyFile ?? given.consoleTlsCertFile ?? null,
    operatorsFile: given.operatorsFile ?? null,
    consoleUrl: given.consoleUrl ?? null,
    oidcIssuer: given.oidcIssuer ?? null,
    oidcClientId: given.oidcClientId ?? null,
    oidcClientSecretFile: given.oidcClientSecretFile ?? null,
    mode: given.mode ?? null,
    stateDir,
    store: given.store ?? `sqlite:${join(stateDir, 'baselines.db')}`,
    hostname: name,
    authservId: given.authservId ?? name,
  };
}

/** The settings in force, for the log at start: no secret among them. */
export function describeSettings(settings: Settings): Readonly<Record<string, string | number>> {
  const { nextHop, milterListen, mode, dns } = settings;
  return {
    ...settings,
    listen: formatHostPort(settings.listen),
    nextHop: nextHop?.map(formatHostPort).join(',') ?? 'none',
    milterListen: milterListen === null ? 'none' : formatHostPort(milterListen),
    nextHopTlsCaFile: settings.nextHopTlsCaFile ?? 'none',
    nextHopTlsName: settings.nextHopTlsName ?? 'none',
    tlsCertFile: settings.tlsCertFile ?? 'none',
    tlsKeyFile: settings.tlsKeyFile ?? 'none',
    arcDomain: settings.arcDomain ?? 'none',
    arcSelector: settings.arcSelector ?? 'none',
    arcKeyFile: settings.arcKeyFile ?? 'none',
    quarantineStore: settings.quarantineStore ?? 'in the state directory',
    quarantineS3Endpoint: settings.quarantineS3Endpoint ?? 'none',
    quarantineS3Region: settings.quarantineS3Region ?? 'none',
    quarantineKeyFile: settings.quarantineKeyFile ?? 'none',
    proxyPeers: settings.proxyPeers.join(',') || 'none',
    xclientPeers: settings.xclientPeers.join(',') || 'none',
    trustedRelays: settings.trustedRelays.join(',') || 'none',
    http: formatHostPort(settings.http),
    console:
      typeof settings.console === 'string' ? settings.console : formatHostPort(settings.console),
    consoleHosts: settings.consoleHosts.join(',') || 'none',
    consoleTrustedProxies: settings.consoleTrustedProxies.join(',') || 'none',
    consoleTlsCertFile: settings.consoleTlsCertFile ?? 'none',
    consoleTlsKeyFile: settings.consoleTlsKeyFile ?? 'none',
    operatorsFile: settings.operatorsFile ?? 'in the state directory',
    consoleUrl: settings.consoleUrl ?? 'none',
    oidcIssuer: settings.oidcIssuer ?? 'none',
    oidcClientId: settings.oidcClientId ?? 'none',
    oidcClientSecretFile: settings.oidcClientSecretFile ?? 'none',
    oidcRoles: formatOidcRoles(settings.oidcRoles) || 'none',
    noticeTo: settings.noticeTo.join(',') || 'none',
    noticeFrom: settings.noticeFrom.address,
    noticeLanguage: formatNoticeLanguage(settings.noticeLanguage),
    publicUrl: settings.publicUrl ?? 'none',
    publicListen: formatHostPort(settings.publicListen),
    publicTrustedProxies: settings.publicTrustedProxies.join(',') || 'none',
    exempt: settings.exempt.join(',') || 'none',
    dns: dns.length === 0 ? 'system' : dns.map(formatHostPort).join(','),
    mode: mode ?? 'as in policy.yaml',
    store: redactStoreLocation(settings.store),
  };
}
