import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../baseline/store.ts';
import { formatHostPort, type HostPort } from '../../config/host-port.ts';
import type { Settings } from '../../config/settings.ts';
import { redactStoreLocation } from '../../config/store-location.ts';
import { operatorsPath, readOperators } from '../../console/access/operators.ts';

/** A store that is there answers within; the start waits no longer for one that is not. */
const storePatienceMs = 1500;

/**
 * What is risky or does not work yet, each as a sentence with what to change. What the next hop says of itself, that it
 * trusts us or learns no client, is asked after the start (prove-relay-in-background.ts).
 */
export async function findStartUpWarnings(settings: Settings): Promise<readonly string[]> {
  return [
    ...(await warnOfStore(settings)),
    ...(await warnOfConsole(settings)),
    ...warnOfPeers(settings),
    ...warnOfMilter(settings),
  ];
}

async function warnOfStore({ store, storeTimeoutMs }: Settings): Promise<readonly string[]> {
  if (store.startsWith('sqlite:')) return [];
  try {
    await using opened = await openStore(store, {
      limits: defaultStoreLimits,
      timeoutMs: storeTimeoutMs,
      readOnly: true,
    });
    await answersWithin(storePatienceMs, () => opened.ping());
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      `the store ${redactStoreLocation(store)} does not answer (${reason}): until it does mail is relayed unjudged and nothing is learned; start it, or correct store, its password and the firewall`,
    ];
  }
}

/** A first connection takes a moment, in which commands fail at once. */
async function answersWithin(patienceMs: number, ping: () => Promise<void>): Promise<void> {
  const endMs = performance.now() + patienceMs;
  for (;;)
    try {
      await ping();
      return;
    } catch (error) {
      if (performance.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
}

async function warnOfConsole(settings: Settings): Promise<readonly string[]> {
  const { console, http, consoleTlsCertFile, consoleTrustedProxies, oidcIssuer } = settings;
  if (console === 'off') return isLoopback(http) ? [] : [metricsWarning(http)];
  const address = console === 'http' ? http : console;
  const warnings = console === 'http' || isLoopback(http) ? [] : [metricsWarning(http)];
  if (isLoopback(address)) return warnings;
  const where = `the console is on ${formatHostPort(address)}, beyond this machine,`;
  const state = await readOperators(operatorsPath(settings));
  const hasNobody = state.kind !== 'ready' || state.operators.length === 0;
  if (oidcIssuer === null && hasNobody)
    warnings.push(
      `${where} and nobody can log in: add an operator with aliaswatch operator add, or set console to 127.0.0.1:8025 or off`,
    );
  if (consoleTlsCertFile === null && consoleTrustedProxies.length === 0)
    warnings.push(
      `${where} and passwords would cross the network in the clear: set consoleTlsCertFile, or consoleTrustedProxies with a reverse proxy in front that has TLS`,
    );
  return warnings;
}

function metricsWarning(http: HostPort): string {
  return `metrics and health are on ${formatHostPort(http)}, for everybody who reaches it: let a firewall or network admit Prometheus alone`;
}

function isLoopback({ host }: HostPort): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function warnOfMilter({ milterListen }: Settings): readonly string[] {
  if (milterListen === null || isLoopback(milterListen)) return [];
  return [
    `mail servers ask on ${formatHostPort(milterListen)}, beyond this machine, and the milter protocol knows no login: whoever reaches it can have mail judged and learned; let a firewall or network admit the mail server alone`,
  ];
}

const whole = /\/0$/;

function warnOfPeers({ proxyPeers, xclientPeers, trustedRelays, exempt }: Settings): string[] {
  const trusted = { proxyPeers, xclientPeers, trustedRelays, exempt };
  return Object.entries(trusted)
    .filter(([, ranges]) => ranges.some((range) => whole.test(range)))
    .map(
      ([name]) =>
        `${name} covers all addresses: every client could say that it is another; name your own machines`,
    );
}
