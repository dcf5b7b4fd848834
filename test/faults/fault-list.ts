import { watch } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../src/commands/demo/random.ts';
import { isInstalled } from '../support/installed.ts';
import type { Surroundings } from './surroundings.ts';

/** Breaks something, waits, and mends it. */
export type Fault = {
  readonly name: string;
  /** Why it cannot strike here, or null; left out, it can always. */
  readonly obstacle?: (site: Surroundings) => string | null;
  readonly strike: (site: Surroundings, random: Random) => Promise<void>;
};

/** Longest wait for a crash point that mail may not pass while it is awaited. */
const crashPatienceMs = 3000;

/** Named by what the world outside sees at the moment of SIGKILL. */
const crashLines: readonly {
  readonly name: string;
  readonly line: RegExp;
  readonly afterReply?: true;
}[] = [
  { name: 'as the next hop reads MAIL', line: /^MAIL/ },
  { name: 'as the next hop reads RCPT', line: /^RCPT/ },
  { name: 'as the next hop reads DATA', line: /^DATA/ },
  { name: 'as the next hop has the whole message, before its reply', line: /^\.$/ },
  { name: 'as the next hop has said 250', line: /^\.$/, afterReply: true },
  { name: 'as the next hop reads RSET, before a message is held', line: /^RSET/ },
];

const crashes: readonly Fault[] = [
  {
    name: 'killed at a random moment',
    strike: async (site, random) => {
      await delay(random.below(400));
      await crash(site);
    },
  },
  ...crashLines.map(({ name, line, afterReply }): Fault => ({
    name: `killed ${name}`,
    strike: async (site) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const kill = (): void => {
        site.gateway.kill();
        resolve(undefined);
      };
      site.nextHop.onLine = (said) => {
        if (!line.test(said)) return;
        site.nextHop.onLine = () => undefined;
        if (afterReply) setImmediate(kill);
        else kill();
      };
      await Promise.race([promise, delay(crashPatienceMs)]);
      site.nextHop.onLine = () => undefined;
      await crash(site);
    },
  })),
  ...['.eml', '.json'].map((ending): Fault => ({
    name: `killed as ${ending} of a held message gets its name`,
    strike: async (site) => {
      const named = Promise.withResolvers<undefined>();
      const watcher = watch(site.quarantineDirectory, (_event, file) => {
        if (file?.endsWith(ending) !== true) return;
        site.gateway.kill();
        named.resolve(undefined);
      });
      await Promise.race([named.promise, delay(crashPatienceMs)]);
      watcher.close();
      await crash(site);
    },
  })),
  {
    name: 'stopped with SIGTERM under load',
    strike: async ({ gateway }) => {
      await gateway.stop();
      await gateway.start();
    },
  },
];

async function crash({ gateway }: Surroundings): Promise<void> {
  gateway.kill();
  await gateway.restart();
}

const sinkFaults: readonly (readonly string[])[] = [
  ['-r', 'RCPT'],
  ['-f', 'RCPT'],
  ['-r', 'DATA'],
  ['-f', 'DATA'],
  ['-r', '.'],
  ['-f', '.'],
  ['-q', 'RCPT'],
  ['-q', 'DATA'],
  ['-q', '.'],
  ['-Q', 'MAIL'],
  ['-Q', 'DATA'],
  ['-W', '.:1'],
  ['-A', '0'],
  ['-H', '1'],
  ['-T', '512'],
  ['-e'],
  ['-C'],
];

const sinks: readonly Fault[] = isInstalled('smtp-sink')
  ? sinkFaults.map((faults): Fault => ({
      name: `smtp-sink ${faults.join(' ')}`,
      strike: async ({ nextHop }, random) => {
        await using opened = new AsyncDisposableStack();
        opened.use(await nextHop.sink(faults));
        await delay(300 + random.below(700));
      },
    }))
  : [];

const answers = [
  'drop',
  'silence',
  '421 4.3.2 closing',
  '451 4.3.0 later',
  '250 2.0.0 Ok\r\ndrop',
  'gibberish',
];

const scripted: readonly Fault[] = [
  {
    name: 'next hop: faults at random commands',
    strike: async ({ nextHop }, random) => {
      nextHop.script = (line) => {
        if (!random.chance(0.15)) return undefined;
        const answer = random.pick(answers);
        // A recorder that says 250 has promised; the ledger must hear the same.
        return line === '.' || !answer.startsWith('250')
          ? answer.replace(/^250.*\r\n/, '')
          : undefined;
      };
      await delay(500 + random.below(700));
      nextHop.script = () => undefined;
    },
  },
  {
    name: 'next hop: nobody listens',
    strike: async ({ nextHop }, random) => {
      await nextHop.close();
      await delay(200 + random.below(300));
      await nextHop.open();
    },
  },
];

const dependencies: readonly Fault[] = [
  {
    name: 'store hung (SIGSTOP)',
    obstacle: withoutRedis,
    strike: async ({ redis }, random) => {
      redis?.signal('SIGSTOP');
      await delay(300 + random.below(500));
      redis?.signal('SIGCONT');
    },
  },
  {
    name: 'store dead, back empty',
    obstacle: withoutRedis,
    strike: async ({ redis }, random) => {
      await redis?.kill();
      await delay(200 + random.below(400));
      await redis?.restart();
    },
  },
  {
    name: 'store slow',
    obstacle: withoutRedis,
    strike: async ({ slowStore }) => {
      for (let n = 0; n < 5; n++) {
        await slowStore(80);
        await delay(120);
      }
    },
  },
  ...(['drop', 'servfail'] as const).map((fault): Fault => ({
    name: `resolver: ${fault === 'drop' ? 'hung' : 'SERVFAIL'}`,
    strike: async (site, random) => {
      site.breakDns(fault);
      await crash(site); // so that nothing is cached
      await delay(300 + random.below(500));
      site.breakDns(null);
    },
  })),
  {
    name: 'quarantine disk full',
    obstacle: ({ fillQuarantine }) =>
      fillQuarantine === null ? 'no small disk could be mounted; that needs root' : null,
    strike: async ({ fillQuarantine }, random) => {
      if (fillQuarantine === null) return;
      await using opened = new AsyncDisposableStack();
      opened.use(await fillQuarantine());
      await delay(300 + random.below(500));
    },
  },
];

function withoutRedis({ redis }: Surroundings): string | null {
  return redis === null ? 'redis-server is not installed' : null;
}

export const allFaults: readonly Fault[] = [...crashes, ...sinks, ...scripted, ...dependencies];
