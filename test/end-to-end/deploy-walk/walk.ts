import { execFile, spawn } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readmeCommands } from './readme-commands.ts';

/**
 * Run by deploy-walk.test.ts as the first process of its own namespaces, where it may have port 25, /etc/postfix and /var:
 * `walk.ts TREE`. Follows the README and prints one JSON object, of what was seen, to standard output.
 */
export type Walked = {
  readonly commands: readonly string[];
  readonly doctor: string;
  readonly simulated: {
    readonly honest: Readonly<Record<string, number>>;
    readonly attack: Readonly<Record<string, number>>;
  };
  /** Of the simulated vendor in Prometheus, by verdict. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly firing: readonly string[];
  readonly delivered: readonly string[];
};

const run = promisify(execFile);
const [, , tree = ''] = process.argv;
const env = {
  ...process.env,
  PATH: `${join(tree, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
};

async function shell(script: string): Promise<string> {
  const { stdout } = await run('sh', ['-ec', script], { cwd: tree, env, maxBuffer: 1e7 });
  return stdout;
}

/** Everything of it goes to standard error, which the test shows when it fails. */
function startService(command: string): void {
  spawn('sh', ['-c', `exec ${command} >&2`], {
    cwd: tree,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function until<Found>(what: string, look: () => Promise<Found | null>): Promise<Found> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const found = await look().catch(() => null);
    if (found !== null) return found;
    await delay(200);
  }
  throw new Error(`${what}: not seen within two minutes`);
}

async function isReady(url: string): Promise<true | null> {
  return (await fetch(url)).ok ? true : null;
}

type Sample = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: [number, string];
};

async function query(expression: string): Promise<readonly Sample[]> {
  const url = `http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(expression)}`;
  const { data } = (await (await fetch(url)).json()) as { data: { result: readonly Sample[] } };
  return data.result;
}

async function firingAlerts(): Promise<readonly string[]> {
  const { data } = (await (await fetch('http://127.0.0.1:9090/api/v1/alerts')).json()) as {
    data: { alerts: readonly { state: string; labels: Readonly<Record<string, string>> }[] };
  };
  const firing = data.alerts.filter(({ state }) => state === 'firing');
  return firing.map(({ labels }) => labels['alertname'] ?? '');
}

async function walk(): Promise<Walked> {
  const commands: string[] = [];
  let doctor = '';
  for (const { script, service } of await readmeCommands(
    join(tree, 'README.md'),
    'In front of Postfix',
  )) {
    commands.push(script, ...(service === null ? [] : [service]));
    // It exits with 1 where the name server of the internet cannot be reached, as here.
    if (script.includes('main.js doctor')) doctor = await shell(`${script} || true`);
    else if (script !== '') await shell(script);
    if (service === null) continue;
    startService(service);
    const readiness = service.startsWith('prometheus') ? '9090/-/ready' : '8025/readyz';
    await until(service, () => isReady(`http://127.0.0.1:${readiness}`));
  }
  await until('a first scrape', async () =>
    (await query('up{job="aliaswatch"} == 1')).length > 0 ? true : null,
  );
  const simulate =
    'node dist/main.js simulate --json --gateway 127.0.0.1:25 --rcpt jo@example.test';
  const simulated = JSON.parse(
    await shell(`${simulate} --answer-dns 127.0.0.1:53 --honest 6 --copies 4`),
  ) as Walked['simulated'];
  const firing = await until('an alert of the campaign', async () => {
    const names = await firingAlerts();
    return names.includes('AliaswatchAliasCampaign') ? names : null;
  });
  const samples = await query('sum by (verdict) (aliaswatch_transactions_total) > 0');
  const verdicts: Record<string, number> = {};
  for (const { metric, value } of samples) verdicts[metric['verdict'] ?? ''] = Number(value[1]);
  const delivered: string[] = [];
  await until('all mail in the mailbox', async () => {
    delivered.splice(0);
    for await (const path of glob('/var/mail/vhosts/example.test/jo/new/*'))
      delivered.push(await readFile(path, 'latin1'));
    return delivered.length >= 10 ? true : null;
  });
  return { commands, doctor, simulated, verdicts, firing, delivered };
}

process.stdout.write(JSON.stringify(await walk()));
// The namespace ends with its first process, and all that was started in it.
process.exit(0);
