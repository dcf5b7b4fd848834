import { formatHostPort, type HostPort } from '../../config/host-port.ts';
import type { Settings } from '../../config/settings.ts';
import { bucketOf } from '../../held-mail.ts';
import { nextHopRoute } from '../../next-hop-route.ts';
import {
  defaultTimeouts,
  nextHopSettings,
  type NextHopSettings,
} from '../../smtp/next-hop-settings.ts';
import { exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { checkBucket } from './check-bucket.ts';
import { checkCertificate } from './check-certificate.ts';
import { checkClock, readClocks } from './check-clock.ts';
import { checkDns } from './check-dns.ts';
import { checkFileLimit } from './check-file-limit.ts';
import { checkIdentity, tellsClient } from './check-identity.ts';
import { checkMilter } from './check-milter.ts';
import { checkNextHop } from './check-next-hop.ts';
import { checkQuarantine } from './check-quarantine.ts';
import { checkRelay, checkRelayThroughUs } from './check-relay.ts';
import { checkRuleSet } from './check-rule-set.ts';
import { checkSignIn } from './check-sign-in.ts';
import { checkStore } from './check-store.ts';
import { checkWarning } from './check-warning.ts';
import { doctorText } from './doctor-text.ts';
import { failed, messageOf, type Finding } from './finding.ts';
import type { NextHopProbe } from './probe-next-hop.ts';

export type DoctorFlags = SettingFlags & { readonly json?: boolean };

type FrontHopSettings = Settings & { readonly nextHop: readonly HostPort[] };

/** Nobody at a terminal waits as long as a mail client does. */
const patienceMs = 10_000;

/** Checks everything that serve depends on; fails when something of it is broken. */
export async function runDoctor(context: CommandContext, flags: DoctorFlags): Promise<void> {
  const settings = await settingsFor(context, flags, [['nextHop', 'milterListen']]);
  const checks = await examine(settings);
  if (flags.json === true) printJson(context, { checks });
  else context.stdout.write(doctorText(checks));
  if (checks.some(({ status }) => status === 'failed')) context.exit(exitCodes.failed);
}

async function examine(settings: Settings): Promise<readonly Finding[]> {
  const before = readClocks();
  const { nextHop, milterListen } = settings;
  const [dns, mail] = await Promise.all([
    checkDns(settings),
    nextHop === null ? { findings: [], probes: [] } : examineNextHops({ ...settings, nextHop }),
  ]);
  // One after the other, and after the rest: they measure time.
  const store = await checkStore(settings);
  const quarantine = await checkHeldMail(settings);
  const certificate = await checkCertificate(settings, Date.now());
  const warning = await checkWarning(settings);
  const signIn = await checkSignIn(settings);
  return [
    ...dns,
    ...mail.findings,
    ...(milterListen === null ? [] : [await checkMilter(milterListen)]),
    store,
    ...quarantine,
    checkClock(before, readClocks(), mail.probes),
    await checkFileLimit(settings),
    await checkRuleSet(settings),
    ...(certificate === null ? [] : [certificate]),
    ...(warning === null ? [] : [warning]),
    ...(signIn === null ? [] : [signIn]),
  ];
}

function checkHeldMail(settings: Settings): Promise<readonly Finding[]> {
  const bucket = bucketOf(settings);
  return bucket === null ? checkQuarantine(settings) : checkBucket(bucket, settings);
}

type MailFindings = {
  readonly findings: readonly Finding[];
  readonly probes: readonly NextHopProbe[];
};

async function examineNextHops(settings: FrontHopSettings): Promise<MailFindings> {
  const timeouts = { ...defaultTimeouts, nextHopConnectMs: patienceMs, nextHopReplyMs: patienceMs };
  try {
    const hops = nextHopSettings(await nextHopRoute(settings), timeouts);
    const examined = await Promise.all(hops.map((hop) => examineNextHop(hop, settings)));
    return {
      findings: examined.flatMap(({ findings }) => findings),
      probes: examined.flatMap(({ probes }) => probes),
    };
  } catch (error) {
    const finding = failed('next hop', messageOf(error), ['correct --next-hop-tls-ca-file']);
    return { findings: [finding], probes: [] };
  }
}

async function examineNextHop(
  hop: NextHopSettings,
  settings: FrontHopSettings,
): Promise<MailFindings> {
  const { listen, maxMessageBytes, nextHop } = settings;
  const suffix = nextHop.length === 1 ? '' : ` ${formatHostPort(hop)}`;
  const { findings, reached } = await checkNextHop({ settings: hop, maxMessageBytes, suffix });
  if (reached === null) return { findings, probes: [] };
  const { probe } = reached;
  const relay = {
    settings: hop,
    suffix,
    ownAddress: probe.ownAddress,
    tellsClient: tellsClient(hop, reached),
  };
  const { finding, proof } = await checkRelay(relay);
  const isFirst = formatHostPort(nextHop[0] ?? hop) === formatHostPort(hop);
  const throughUs = isFirst ? await checkRelayThroughUs(listen, relay, proof) : null;
  return {
    findings: [
      ...findings,
      checkIdentity(hop, reached, suffix),
      finding,
      ...(throughUs === null ? [] : [throughUs]),
    ],
    probes: [probe],
  };
}
