import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Zone } from '../../src/commands/demo/zone.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort, type HostPort } from '../../src/config/host-port.ts';
import { completeSettings, type Settings } from '../../src/config/settings.ts';
import type { Policy } from '../../src/decision/policy.ts';
import { createLog, type Log } from '../../src/observability/log.ts';
import { startServer, type FrontHopServer } from '../../src/server.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { vendorZone } from '../support/zone.ts';
import { signMessage } from '../support/dkim-keys.ts';

/** The whole gateway as `serve` starts it, with a DNS of its own. */
export type Site = AsyncDisposable & {
  readonly server: FrontHopServer;
  readonly stateDir: string;
  /** Sends one message in a session of its own and returns the lines of the final reply, or of the first refusal. */
  readonly send: (message: string | Buffer, route?: Route) => Promise<string[]>;
};

export type Route = {
  readonly recipient?: string;
  /** Instead of the one. */
  readonly recipients?: readonly string[];
  /** The client's own address. */ readonly from?: string;
};

export type SiteOptions = {
  readonly nextHop: HostPort;
  readonly settings?: Partial<Settings>;
  readonly policy?: Partial<Policy>;
  readonly zone?: Zone;
  /** Silent when absent. */
  readonly log?: Log;
};

export const gatewayName = 'gateway.test';

/** Mail of this vendor is watched through its pack. */
export const vendor = {
  address: 'msonlineservicesteam@microsoftonline.com',
  domain: 'microsoftonline.com',
  alias: 'microsoft-online-services',
};

/** What the vendor publishes; SPF lists loopback, where the tests send from. */
export const vendorRecords: Zone = vendorZone(vendor.domain, { ip4: '127.0.0.0/8' });

export async function startSite({
  nextHop,
  settings = {},
  policy = {},
  zone = vendorRecords,
  log = createLog('silent'),
}: SiteOptions): Promise<Site> {
  await using opened = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-site-'));
  opened.defer(() => rm(stateDir, { recursive: true, force: true }));
  const dns = opened.use(await startZoneServer(zone, anyPort));
  const resolver = parseHostPort(dns.address);
  if (!resolver.ok) throw new Error(resolver.message);
  const given = completeSettings(
    { listen: anyPort, http: anyPort, dns: [resolver.value], stateDir, mode: 'enforce' },
    gatewayName,
  );
  const server = opened.use(
    await startServer({
      settings: { ...given, ...settings, nextHop: [nextHop] },
      rules: { ...shippedRuleSet, policy: { ...shippedRuleSet.policy, ...policy } },
      log,
      version: 'test',
    }),
  );
  const owned = opened.move();
  return {
    server,
    stateDir,
    send: (message, route = {}) => sendTo(server.smtp, message, route),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const anyPort = { host: '127.0.0.1', port: 0 };

/** The same to whoever stands before the gateway. */
export async function sendTo(
  gateway: HostPort,
  message: string | Buffer,
  { recipient = 'jo@example.test', recipients = [recipient], from }: Route,
): Promise<string[]> {
  await using client = await SmtpDialogue.greeted(gateway, from);
  const wire = Buffer.from(message).toString('latin1').replaceAll('\r\n.', '\r\n..');
  const rcptTo = recipients.map((address) => `RCPT TO:<${address}>`);
  for (const line of [`MAIL FROM:<${vendor.address}>`, ...rcptTo, 'DATA']) {
    client.send(line);
    const reply = await client.expectAny();
    if (!/^[23]/.test(reply[0] ?? '')) return reply;
  }
  client.send(Buffer.from(wire, 'latin1'), '.');
  return await client.expectAny();
}

export type VendorMail = {
  readonly tenant?: string;
  readonly body?: string;
  readonly fields?: readonly string[];
};

/** A code mail of the vendor, really signed. */
export function vendorMail({
  tenant = 'Alder Bakery',
  body,
  fields = [],
}: VendorMail = {}): Promise<string> {
  const lines = [
    `From: Microsoft on behalf of a tenant <${vendor.address}>`,
    'To: jo@example.test',
    `Subject: ${tenant} account email verification code`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'Message-ID: <code@microsoftonline.com>',
    ...fields,
    '',
    body ?? 'Your code is 123456.',
    '',
  ];
  return signMessage(lines.join('\r\n'), { domain: vendor.domain, selector: 'rsa' });
}

/** Quoted in press reports of 2026. */
export const publishedLure =
  'Your Bitcoin Purchased of USD 498.95 Completed through PayPal. Reach Support Desk at 802 538 3069 to CanceI or Renew.';
