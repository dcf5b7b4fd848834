import type { Command } from 'commander';
import type { SettingKey } from '../config/settings-schema.ts';

/** Read where no other settings file is named. */
export const usualFile = 'aliaswatch.yaml';

/** Flag and help text of every setting; the flag's name is the setting's (`--next-hop` is `nextHop`). */
const flags: Readonly<Record<SettingKey, readonly [flag: string, help: string]>> = {
  listen: ['--listen <host:port>', 'where mail arrives (default 0.0.0.0:2525)'],
  nextHop: [
    '--next-hop <host:port>',
    'the mail server that mail is relayed to; several with commas, tried in order',
  ],
  milterListen: [
    '--milter-listen <host:port>',
    'where mail servers ask by the milter protocol; then --next-hop may be left out (default: nowhere)',
  ],
  nextHopProtocol: ['--next-hop-protocol <name>', 'smtp or lmtp (default smtp)'],
  nextHopTls: [
    '--next-hop-tls <how>',
    'none, opportunistic, required or verified (default opportunistic)',
  ],
  nextHopTlsCaFile: ['--next-hop-tls-ca-file <pem>', 'who signs its certificate, for verified'],
  nextHopTlsName: [
    '--next-hop-tls-name <name>',
    'name in its certificate, for verified (default: its host)',
  ],
  clientIdentity: [
    '--client-identity <how>',
    'tells the next hop who the client is: auto, xclient, xforward, proxy-v1, proxy-v2 or none (default auto: XCLIENT where it is offered)',
  ],
  tlsCertFile: ['--tls-cert-file <pem>', 'our certificate with its chain, for STARTTLS'],
  tlsKeyFile: ['--tls-key-file <pem>', 'its private key (default: in the same file)'],
  arcDomain: [
    '--arc-domain <name>',
    'vouches by ARC for mail that a warning was put into (policy.yaml: warning)',
  ],
  arcSelector: ['--arc-selector <name>', 'its public key stands at SELECTOR._domainkey.DOMAIN'],
  arcKeyFile: ['--arc-key-file <pem>', 'its private RSA key'],
  proxyPeers: [
    '--proxy-peers <ranges>',
    'load balancers whose connections begin with a PROXY header; addresses or CIDR, with commas',
  ],
  xclientPeers: [
    '--xclient-peers <ranges>',
    'mail servers in front that may use XCLIENT and XFORWARD; addresses or CIDR, with commas',
  ],
  trustedRelays: [
    '--trusted-relays <ranges>',
    'own gateways in front; mail is judged by the hop before them; addresses or CIDR, with commas',
  ],
  http: ['--http <host:port>', 'metrics and health (default 127.0.0.1:8025)'],
  console: [
    '--console <where>',
    'pages and API for operators: host:port, http (beside metrics and health) or off (default http)',
  ],
  consoleHosts: [
    '--console-hosts <names>',
    'names the console goes by, with commas (default: this machine and those of loopback)',
  ],
  consoleTrustedProxies: [
    '--console-trusted-proxies <ranges>',
    'reverse proxies in front of the console; addresses or CIDR, with commas',
  ],
  consoleTlsCertFile: [
    '--console-tls-cert-file <pem>',
    'certificate of the console, where it has an address of its own',
  ],
  consoleTlsKeyFile: [
    '--console-tls-key-file <pem>',
    'its private key (default: in the same file)',
  ],
  operatorsFile: [
    '--operators-file <yaml>',
    'who may log in (default: operators.yaml in the state directory)',
  ],
  passwordLogin: [
    '--password-login <how>',
    'on, or off: then only the provider lets operators in (default on)',
  ],
  consoleUrl: [
    '--console-url <url>',
    'where browsers find the console, for sign-in with a provider: https://console.example.com',
  ],
  oidcIssuer: [
    '--oidc-issuer <url>',
    'OpenID Connect provider that operators sign in with, as it names itself',
  ],
  oidcClientId: ['--oidc-client-id <id>', 'what it knows the console as'],
  oidcClientSecretFile: [
    '--oidc-client-secret-file <file>',
    'the secret it gave (default: none, a public client)',
  ],
  oidcScopes: [
    '--oidc-scopes <scopes>',
    'what it is asked for, with spaces (default openid email profile)',
  ],
  oidcRoleClaim: ['--oidc-role-claim <name>', 'claim that roles follow from (default groups)'],
  oidcRoles: [
    '--oidc-roles <roles>',
    'role of each of its values, with commas: mail-admins=admin,soc=operator,helpdesk=viewer',
  ],
  oidcNameClaim: [
    '--oidc-name-claim <name>',
    'names operators in the record: email (only a verified one), preferred_username or sub (default email)',
  ],
  oidcSessionMinutes: [
    '--oidc-session-minutes <n>',
    'then operators sign in again, and lost groups count (default 240)',
  ],
  stateDir: ['--state-dir <dir>', 'quarantine, key and embedded store (default ./state)'],
  store: [
    '--store <location>',
    'baselines: sqlite:PATH, redis://…, redis-cluster://… or redis-sentinel://… (rediss… for TLS)',
  ],
  dns: ['--dns <host:port>', 'resolver, several with commas (default: those of the system)'],
  mode: ['--mode <mode>', 'shadow, tag or enforce (default: as in policy.yaml)'],
  rulesDir: ['--rules, --rules-dir <dir>', 'directory of rules (default: those that ship with us)'],
  hostname: [
    '--hostname <name>',
    'our name in greetings and Received (default: that of the machine)',
  ],
  authservId: [
    '--authserv-id <name>',
    'our name in Authentication-Results (default: the hostname)',
  ],
  contactUrl: ['--contact-url <url>', 'where a sender may ask about held mail'],
  noticeMode: [
    '--notice-mode <how>',
    'tells of held mail: immediate, digest or off (default immediate)',
  ],
  noticeTo: ['--notice-to <addresses>', 'administrators who are told of it; with commas'],
  noticeRecipients: [
    '--notice-recipients <whom>',
    'tells its recipients as well: held, or none (default none)',
  ],
  noticeFrom: ['--notice-from <address>', 'From of notices (default aliaswatch@ the hostname)'],
  noticeLanguage: [
    '--notice-language <languages>',
    'of notices; by domain as well: en,example.de=de (default en)',
  ],
  digestHour: ['--digest-hour <n>', 'hour of the digest, local time (default 7)'],
  digestEveryHours: ['--digest-every-hours <n>', 'hours between digests (default 24)'],
  publicUrl: [
    '--public-url <url>',
    'where recipients reach the pages of --public-listen; without it notices have no links',
  ],
  publicListen: [
    '--public-listen <host:port>',
    'pages behind the links of notices (default 127.0.0.1:8026)',
  ],
  publicTrustedProxies: [
    '--public-trusted-proxies <ranges>',
    'reverse proxies in front of these pages; addresses or CIDR, with commas',
  ],
  recipientRelease: [
    '--recipient-release <how>',
    "what a recipient's link does: request or release (default request)",
  ],
  noticeLinkDays: ['--notice-link-days <n>', 'days that links of notices work (default 14)'],
  maxMessageBytes: ['--max-message-bytes <n>', 'largest message (default 52428800)'],
  maxRecipients: ['--max-recipients <n>', 'recipients of one message (default 1000)'],
  workers: [
    '--workers <n>',
    'processes that take mail on one port, or auto: one for each core (default 1)',
  ],
  maxSessions: ['--max-sessions <n>', 'clients at the same time (default 500)'],
  maxSessionsPerAddress: [
    '--max-sessions-per-address <n>',
    'the same from one address (default 50)',
  ],
  connectionsPerMinute: [
    '--connections-per-minute <n>',
    'new connections of one address, 0 for no limit (default 300)',
  ],
  messagesPerMinute: [
    '--messages-per-minute <n>',
    'messages of one address, 0 for no limit (default 600)',
  ],
  exempt: [
    '--exempt <range>',
    'addresses without limits per address, several with commas (default 127.0.0.0/8,::1/128)',
  ],
  clientIdleMs: ['--client-idle-ms <n>', 'longest silence of a client (default 300000)'],
  minDataBytesPerSecond: [
    '--min-data-bytes-per-second <n>',
    'slowest pace of a message, 0 for no limit (default 500)',
  ],
  dataGraceMs: [
    '--data-grace-ms <n>',
    'how far a message may fall behind that pace (default 180000)',
  ],
  bareLineEndings: [
    '--bare-line-endings <how>',
    'bare CR or LF in a message: reject (default) or normalize',
  ],
  maxErrors: ['--max-errors <n>', 'errors in a session without an accepted message (default 20)'],
  maxHeaderBytes: ['--max-header-bytes <n>', 'header section of a message (default 262144)'],
  maxReceivedFields: [
    '--max-received-fields <n>',
    'Received fields before it is a loop (default 100)',
  ],
  maxOwnHops: ['--max-own-hops <n>', 'our own Received fields before it is a loop (default 3)'],
  spoolMemoryBytes: [
    '--spool-memory-bytes <n>',
    'messages up to this size stay in memory (default 262144)',
  ],
  maxSpoolBytes: [
    '--max-spool-bytes <n>',
    'larger ones on disk, all together (default 1073741824)',
  ],
  quarantineStore: [
    '--quarantine-store <location>',
    'bucket for held mail: s3://BUCKET/PREFIX (default: a directory in the state directory)',
  ],
  quarantineS3Endpoint: [
    '--quarantine-s3-endpoint <url>',
    'server of that bucket (default: AWS); credentials as the AWS SDK finds them',
  ],
  quarantineS3Region: [
    '--quarantine-s3-region <name>',
    'its region (default: as the AWS SDK finds it; with an endpoint us-east-1)',
  ],
  quarantineS3Addressing: [
    '--quarantine-s3-addressing <how>',
    'the bucket is in the path or host of URLs: auto, path or host (default auto: path with an endpoint)',
  ],
  quarantineTimeoutMs: [
    '--quarantine-timeout-ms <n>',
    'longest wait for the bucket, more for large messages (default 10000)',
  ],
  quarantineKeyFile: [
    '--quarantine-key-file <file>',
    'keys that encrypt held mail, one a line (default: not encrypted)',
  ],
  maxQuarantineBytes: [
    '--max-quarantine-bytes <n>',
    'all held mail together, 0 for no limit (default 10737418240)',
  ],
  quarantineDays: [
    '--quarantine-days <n>',
    'days that mail is held before it expires (default 30)',
  ],
  quarantineExpiry: [
    '--quarantine-expiry <how>',
    'what then becomes of it: release-tagged or delete (default release-tagged)',
  ],
  quarantineBinDays: [
    '--quarantine-bin-days <n>',
    'days that released and deleted mail is kept (default 14)',
  ],
  analysisDeadlineMs: [
    '--analysis-deadline-ms <n>',
    'longest analysis of one message (default 5000)',
  ],
  dnsTimeoutMs: ['--dns-timeout-ms <n>', 'longest wait for one DNS answer (default 1500)'],
  storeTimeoutMs: ['--store-timeout-ms <n>', 'longest wait for the store (default 150)'],
  organizationValues: [
    '--organization-values <n>',
    "values that each of the organization's ledgers remembers (default 50000)",
  ],
  organizationSample: [
    '--organization-sample <n>',
    "of one in n messages of nobody's alias the links are counted too, 0 for none (default 10)",
  ],
  relayDeadlineMs: [
    '--relay-deadline-ms <n>',
    "longest wait for the next hop's final reply (default 300000)",
  ],
  drainMs: [
    '--drain-ms <n>',
    'longest wait for clients at the end; for the next hop: --relay-deadline-ms (default 30000)',
  ],
  logFormat: [
    '--log-format <how>',
    'json, or journal: with a priority before each line for journald (default json)',
  ],
  logLevel: ['--log-level <level>', 'silent, error, warn, info or debug (default info)'],
};

export const allSettings = Object.keys(flags) as readonly SettingKey[];

/** Options as commander collects them, by name. */
export type SettingFlags = Readonly<Record<string, unknown>>;

/** Gives a command the flags of these settings, and `--config`. */
export function addSettingOptions(command: Command, keys: readonly SettingKey[]): Command {
  command.optionsGroup('Settings:');
  for (const key of keys) command.option(...flags[key]);
  return command.option(
    '--config <file>',
    `settings as YAML (default ${usualFile} where there is one)`,
  );
}
