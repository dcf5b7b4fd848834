import * as z from 'zod';
import { isAddressRange } from '../smtp/address-ranges.ts';
import { bucketFault } from './bucket-location.ts';
import { parseHostPort } from './host-port.ts';
import { mailAddresses, mailbox, noticeLanguages, publicAddress } from './notice-settings.ts';
import { consoleUrl, oidcIssuer, oidcRoles, oidcScopes } from './oidc-settings.ts';
import { storeLocationFault } from './store-location.ts';
import { textList } from './text-list.ts';

const text = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .refine((value) => !/\p{Cc}/u.test(value), { error: 'holds control characters' });

function hostPort(defaultPort: number | null) {
  return text.transform((value, context) => {
    const reading = parseHostPort(value, defaultPort);
    if (reading.ok) return reading.value;
    context.addIssue({ code: 'custom', message: `\`${value.slice(0, 60)}\` ${reading.message}` });
    return z.NEVER;
  });
}

/** A whole number; the environment and flags know only text. */
function count(min: number, max: number) {
  const digits = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number);
  return z
    .union([z.int(), digits], { error: 'is not a whole number' })
    .pipe(z.int().min(min).max(max));
}

const durationMs = count(1, 86_400_000);

/** RFC 5321 §2.3.5, but with single labels: containers have such names. */
const hostname = text.regex(
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i,
  {
    error: 'is not a host name',
  },
);

const store = text.superRefine((location, context) => {
  const fault = storeLocationFault(location);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

const bucket = text.superRefine((location, context) => {
  const fault = bucketFault(location);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

const resolvers = textList('HOST:PORT').pipe(z.array(hostPort(53)).max(10));

const addressRange = text.superRefine((range, context) => {
  if (isAddressRange(range)) return;
  const message = `\`${range.slice(0, 60)}\` is not an IP address or range (192.0.2.0/24)`;
  context.addIssue({ code: 'custom', message });
});

const addressRanges = textList('addresses or CIDR ranges').pipe(z.array(addressRange).max(1000));

/** Every setting, with its unit in the name. All may be left out; `defaultSettings` says what then holds. */
export const settingsSchema = z.strictObject({
  /** Where clients connect. */
  listen: hostPort(null).exactOptional(),
  /** Where mail servers ask us about their mail (milter, version 2 to 6); with it there need be no `nextHop`. */
  milterListen: hostPort(null).exactOptional(),
  /** The MTA that mail is relayed to; of several the first that answers, one that failed is tried last for 30 s. */
  nextHop: textList('HOST:PORT')
    .pipe(z.array(hostPort(25)).min(1).max(8))
    .exactOptional(),
  /** `lmtp`: one reply per recipient is mapped to one such that at most duplicates arise, never loss. */
  nextHopProtocol: z.enum(['smtp', 'lmtp']).exactOptional(),
  /** STARTTLS to the next hop: never, where offered, always, or always with a certificate that is checked. */
  nextHopTls: z.enum(['none', 'opportunistic', 'required', 'verified']).exactOptional(),
  /** PEM file of who may have signed the next hop's certificate, for `verified`; those that Node trusts when left out. */
  nextHopTlsCaFile: text.exactOptional(),
  /** Name in the next hop's certificate, for `verified`; the host of `nextHop` when left out. */
  nextHopTlsName: hostname.exactOptional(),
  /** How the next hop learns who the client is; `auto` is XCLIENT where it is offered. */
  clientIdentity: z
    .enum(['auto', 'xclient', 'xforward', 'proxy-v1', 'proxy-v2', 'none'])
    .exactOptional(),
  /** PEM file of our certificate with its chain; with it STARTTLS is announced. Read again when it changes. */
  tlsCertFile: text.exactOptional(),
  /** PEM file of its private key; the certificate's own file when left out. */
  tlsKeyFile: text.exactOptional(),
  /** Domain that vouches for messages we changed (`policy.yaml: warning`), `d=` of our ARC sets (RFC 8617). */
  arcDomain: hostname.exactOptional(),
  /** Selector: the public key stands at `SELECTOR._domainkey.DOMAIN`. */
  arcSelector: hostname.exactOptional(),
  /** PEM file of the RSA key. */
  arcKeyFile: text.exactOptional(),
  /** Load balancers: each of their connections must begin with a PROXY header, version 1 or 2, within 5 s. */
  proxyPeers: addressRanges.exactOptional(),
  /** Mail servers in front of us that may say by XCLIENT or XFORWARD who the client is. */
  xclientPeers: addressRanges.exactOptional(),
  /** Our own gateways in front of us: SPF and the sending path are judged by the hop before them (Received). */
  trustedRelays: addressRanges.exactOptional(),
  /** Metrics and health. */
  http: hostPort(null).exactOptional(),
  /** Pages and API for operators: at an address of their own, beside metrics and health (`http`), or not at all. */
  console: z
    .union([z.enum(['http', 'off']), hostPort(null)], { error: 'is not HOST:PORT, http or off' })
    .exactOptional(),
  /** Names that the console goes by, beside those of loopback and of this machine. */
  consoleHosts: textList('host names').pipe(z.array(hostname).max(100)).exactOptional(),
  /** Reverse proxies in front of the console, whose X-Forwarded fields are believed. */
  consoleTrustedProxies: addressRanges.exactOptional(),
  /** PEM file of the console's certificate with its chain; only for an address of its own. */
  consoleTlsCertFile: text.exactOptional(),
  /** PEM file of its private key; the certificate's own file when left out. */
  consoleTlsKeyFile: text.exactOptional(),
  /** Who may log in. While there is no file, whoever is on this machine needs no login, and nobody else gets in. */
  operatorsFile: text.exactOptional(),
  /** Whether names and passwords of that file get in; `off` only beside a provider. */
  passwordLogin: z.enum(['on', 'off']).exactOptional(),
  /** Where browsers find the console: a provider sends them back there, and nowhere else. */
  consoleUrl: consoleUrl.exactOptional(),
  /** OpenID Connect provider that operators sign in with, as it names itself. */
  oidcIssuer: oidcIssuer.exactOptional(),
  oidcClientId: text.exactOptional(),
  /** File with the client's secret; a public client has none (PKCE protects both). */
  oidcClientSecretFile: text.exactOptional(),
  /** What the provider is asked for. */
  oidcScopes: oidcScopes.exactOptional(),
  /** Claim that roles follow from: a text or a list of texts. */
  oidcRoleClaim: text.exactOptional(),
  /** Role of each of its values; the highest counts, and who has none does not get in. */
  oidcRoles: oidcRoles.exactOptional(),
  /** Claim that operators are named by in the record; whoever lacks it is named by `sub`. */
  oidcNameClaim: z.enum(['email', 'preferred_username', 'sub']).exactOptional(),
  /** A session begun with the provider ends after so long: so long somebody who lost the group stays in. */
  oidcSessionMinutes: count(5, 720).exactOptional(),
  stateDir: text.exactOptional(),
  store: store.exactOptional(),
  /** Resolvers; those of the system when left out. */
  dns: resolvers.exactOptional(),
  /** Overrides `policy.yaml: mode`, and is the most that `recipientDomains` there may do. */
  mode: z.enum(['shadow', 'tag', 'enforce']).exactOptional(),
  rulesDir: text.exactOptional(),
  hostname: hostname.exactOptional(),
  /** Our name in Authentication-Results (RFC 8601 §2.5). */
  authservId: hostname.exactOptional(),
  /** Where a sender may ask about mail that was held, deferred or refused. */
  contactUrl: z
    .url({ protocol: /^(?:https?|mailto)$/, error: 'is not an http, https or mailto address' })
    .exactOptional(),
  /** Held mail is told of at once, in a digest, or not at all. */
  noticeMode: z.enum(['immediate', 'digest', 'off']).exactOptional(),
  /** Who is told of all held mail: addresses of administrators. */
  noticeTo: mailAddresses.exactOptional(),
  /** Whether the recipients of held mail are told as well. */
  noticeRecipients: z.enum(['none', 'held']).exactOptional(),
  /** Address in From of notices, `Name <address>` or bare; they never have a sender to bounce to. */
  noticeFrom: mailbox.exactOptional(),
  /** Languages of notices: that of everybody, and by recipient domain (`en,example.de=de`). */
  noticeLanguage: noticeLanguages.exactOptional(),
  /** Hour of the day, local time, of the (first) digest. */
  digestHour: count(0, 23).exactOptional(),
  /** Hours between digests. */
  digestEveryHours: count(1, 24).exactOptional(),
  /** Where recipients reach `publicListen` from outside; without it notices have no links. */
  publicUrl: publicAddress.exactOptional(),
  /** Where the pages behind those links are served: nothing else is. */
  publicListen: hostPort(null).exactOptional(),
  /** Reverse proxies in front of these pages, which say in X-Forwarded-For whose requests they pass on. */
  publicTrustedProxies: addressRanges.exactOptional(),
  /** What a recipient's link does: asks an operator, or releases the recipient's own copy at once. */
  recipientRelease: z.enum(['request', 'release']).exactOptional(),
  /** How long links in notices work. */
  noticeLinkDays: count(1, 90).exactOptional(),
  maxMessageBytes: count(1024, 1_073_741_824).exactOptional(),
  maxRecipients: count(1, 100_000).exactOptional(),
  /** Processes that take mail on one port, so that all cores work; `auto`: one for each core. */
  workers: z
    .union([z.literal('auto'), count(1, 64)], { error: 'is not auto or a whole number' })
    .exactOptional(),
  maxSessions: count(1, 100_000).exactOptional(),
  /** At the same time from one IPv4 address, or one IPv6 /64. */
  maxSessionsPerAddress: count(1, 100_000).exactOptional(),
  /** New connections of one address; 0 sets no limit. */
  connectionsPerMinute: count(0, 1_000_000).exactOptional(),
  /** Messages of one address; 0 sets no limit. */
  messagesPerMinute: count(0, 1_000_000).exactOptional(),
  /** Addresses without limits per address: load balancers, monitors. */
  exempt: addressRanges.exactOptional(),
  /** A client that says nothing for so long gets 421. */
  clientIdleMs: durationMs.exactOptional(),
  /** How fast a message must arrive in the long run; 0 sets no limit. */
  minDataBytesPerSecond: count(0, 1_000_000).exactOptional(),
  /** How far a message may fall behind that rate, and the longest pause in it. */
  dataGraceMs: durationMs.exactOptional(),
  /** Bare CR or LF in a message: refuse it, or make it CRLF before anything reads it (RFC 5321 §2.3.8). */
  bareLineEndings: z.enum(['reject', 'normalize']).exactOptional(),
  /** Refused commands and messages in a session since its last accepted message; then 421. */
  maxErrors: count(1, 100_000).exactOptional(),
  maxHeaderBytes: count(1024, 262_144).exactOptional(),
  /** `Received` fields of a message; more are a loop (RFC 5321 §6.3). */
  maxReceivedFields: count(1, 10_000).exactOptional(),
  /** `Received` fields of a message that are ours; as many are a loop. */
  maxOwnHops: count(1, 10_000).exactOptional(),
  /** Object storage for held mail, `s3://BUCKET/PREFIX`; the directory `quarantine` in `stateDir` when left out. */
  quarantineStore: bucket.exactOptional(),
  /** URL of a server that is compatible with S3; AWS itself when left out. Credentials are found as the AWS SDK does. */
  quarantineS3Endpoint: z
    .url({ protocol: /^https?$/, error: 'is not an http or https address' })
    .refine((url) => URL.parse(url)?.username === '' && URL.parse(url)?.password === '', {
      error: 'has a user or password: name a file of credentials by AWS_SHARED_CREDENTIALS_FILE',
    })
    .exactOptional(),
  /** Its region; with an endpoint us-east-1 when left out, else as the AWS SDK finds it. */
  quarantineS3Region: text.regex(/^[a-z0-9-]{1,64}$/, { error: 'is not a region' }).exactOptional(),
  /** Where the bucket stands in URLs: in the path or in the host name; `auto`: in the path where there is an endpoint. */
  quarantineS3Addressing: z.enum(['auto', 'path', 'host']).exactOptional(),
  /** The longest wait for one call to it; a message may take longer, by its size. */
  quarantineTimeoutMs: durationMs.exactOptional(),
  /** Keys that encrypt held mail, one a line: the first encrypts, all decrypt. Held in the clear when left out. */
  quarantineKeyFile: text.exactOptional(),
  /** All held mail together; past it what would be held gets 451. 0 sets no limit. */
  maxQuarantineBytes: count(0, 1_099_511_627_776_000).exactOptional(),
  /** How long mail waits for somebody's decision. */
  quarantineDays: count(4, 3650).exactOptional(),
  /** What then becomes of it: it is sent on as tagged mail, or put into the bin. Somebody is told three days before. */
  quarantineExpiry: z.enum(['release-tagged', 'delete']).exactOptional(),
  /** How long released and deleted mail is kept, so that it can be undone. */
  quarantineBinDays: count(1, 3650).exactOptional(),
  /** Messages up to this size are kept in memory, larger ones on disk until they are relayed. */
  spoolMemoryBytes: count(0, 16_777_216).exactOptional(),
  /** All messages on disk together; past it clients are told to come back (452). */
  maxSpoolBytes: count(0, 1_099_511_627_776).exactOptional(),
  analysisDeadlineMs: durationMs.exactOptional(),
  dnsTimeoutMs: durationMs.exactOptional(),
  storeTimeoutMs: durationMs.exactOptional(),
  /** Values that each of the organization's ledgers remembers. */
  organizationValues: count(100, 10_000_000).exactOptional(),
  /** Of one in so many messages of nobody's alias the links are counted as well; 0: of none. */
  organizationSample: count(0, 1_000_000).exactOptional(),
  relayDeadlineMs: durationMs.exactOptional(),
  drainMs: count(0, 86_400_000).exactOptional(),
  /** `journal`: each line of JSON begins with its syslog priority, `<6>`, which journald takes off again. */
  logFormat: z.enum(['json', 'journal']).exactOptional(),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).exactOptional(),
});

export type SettingKey = keyof typeof settingsSchema.shape;

export const settingKeys = Object.keys(settingsSchema.shape) as readonly SettingKey[];
