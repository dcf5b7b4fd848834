import { once } from 'node:events';
import { createServer } from 'node:net';
import { formatHostPort, type HostPort } from '../../config/host-port.ts';
import type { SettingProblem } from '../../config/load-settings.ts';
import type { SettingKey } from '../../config/settings-schema.ts';
import type { Settings } from '../../config/settings.ts';
import { explainFailure } from '../explain-failure.ts';
import { problem, type StartUpCheck } from './start-up-check.ts';

type Listener = readonly [key: SettingKey, address: HostPort];

const everywhere: readonly string[] = ['0.0.0.0', '::'];

/** Ports that cannot be had, that are asked for twice, and a next hop that is ourselves. */
export const addressChecks: readonly StartUpCheck[] = [
  {
    reads: ['listen', 'nextHop', 'milterListen', 'http', 'publicUrl', 'publicListen', 'console'],
    find: async (settings) => {
      const listeners = listenersOf(settings);
      const twice = listeners.flatMap(([key, address], index) => {
        const other = listeners.slice(0, index).find(([, earlier]) => overlaps(earlier, address));
        return other === undefined ? [] : [sharedAddress(key, address, other[0])];
      });
      return twice.length > 0 ? twice : (await Promise.all(listeners.map(findTaken))).flat();
    },
  },
  {
    reads: ['listen', 'nextHop'],
    find: ({ listen, nextHop }) =>
      Promise.resolve((nextHop ?? []).filter((hop) => isOurselves(hop, listen)).map(loop)),
  },
];

function listenersOf(settings: Settings): readonly Listener[] {
  const { listen, nextHop, milterListen, http, publicUrl, publicListen, console } = settings;
  const frontHop: readonly Listener[] = nextHop === null ? [] : [['listen', listen]];
  const milter: readonly Listener[] = milterListen === null ? [] : [['milterListen', milterListen]];
  const links: readonly Listener[] = publicUrl === null ? [] : [['publicListen', publicListen]];
  const pages: readonly Listener[] = typeof console === 'string' ? [] : [['console', console]];
  return [...frontHop, ...milter, ['http', http], ...links, ...pages];
}

/** Port 0 is another one each time. */
function overlaps(left: HostPort, right: HostPort): boolean {
  if (left.port !== right.port || left.port === 0) return false;
  return left.host === right.host || [left.host, right.host].some((it) => everywhere.includes(it));
}

function sharedAddress(key: SettingKey, address: HostPort, other: SettingKey): SettingProblem {
  const message = `${formatHostPort(address)} is that of ${other} already`;
  return problem(key, message, 'give it a port of its own');
}

async function findTaken([key, { host, port }]: Listener): Promise<readonly SettingProblem[]> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return [];
  } catch (error) {
    const isPrivileged = port < 1024 && (error as NodeJS.ErrnoException).code === 'EACCES';
    const hint = isPrivileged
      ? 'ports below 1024 need CAP_NET_BIND_SERVICE (deploy/systemd has it), or net.ipv4.ip_unprivileged_port_start'
      : '';
    return [problem(key, explainFailure(error).message, hint)];
  } finally {
    const closed = once(server, 'close');
    if (server.listening) {
      server.close();
      await closed;
    }
  }
}

function isOurselves(hop: HostPort, listen: HostPort): boolean {
  if (hop.port !== listen.port || hop.port === 0) return false;
  const isHere = hop.host === 'localhost' || hop.host === '::1' || hop.host.startsWith('127.');
  return hop.host === listen.host || (isHere && everywhere.includes(listen.host));
}

function loop(hop: HostPort): SettingProblem {
  return problem(
    'nextHop',
    `${formatHostPort(hop)} is ourselves: every message would come back to us`,
    'let the mail server listen on another port (Postfix: 127.0.0.1:10025 in master.cf), and name that one',
  );
}
