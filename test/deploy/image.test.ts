import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { DockerfileParser, type Copy } from 'dockerfile-ast';
import { parseHostPort, type HostPort } from '../../src/config/host-port.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { outcomeOf, type Outcome } from '../commands/shell.ts';
import { root } from './compose-file.ts';

/**
 * The image without an engine: what the Dockerfile copies is copied, its build step is run, node_modules holds what is
 * no devDependency, and the result runs as its user, who can write the state directory and nothing of the program.
 */
const run = promisify(execFile);
const node = process.execPath;
const isRoot = process.getuid?.() === 0;
const user = isRoot ? { uid: 10_001, gid: 10_001 } : {};
const dockerfile = DockerfileParser.parse(await readFile(join(root, 'Dockerfile'), 'utf8'));
const place = await mkdtemp(join(tmpdir(), 'aliaswatch-image-'));
after(() => rm(place, { recursive: true, force: true }));
const [buildStage, app, state] = ['build', 'app', 'state'].map((name) => join(place, name)) as [
  string,
  string,
  string,
];

before(async () => {
  await chmod(place, 0o755);
  await mkdir(buildStage);
  await symlink(join(root, 'node_modules'), join(buildStage, 'node_modules'));
  const copies = dockerfile.getCOPYs();
  const [, , lastFrom] = dockerfile.getFROMs().map((from) => from.getRange().start.line);
  assert.ok(lastFrom !== undefined);
  const isLast = (copy: Copy) => copy.getRange().start.line > lastFrom;
  for (const copy of copies.filter((it) => !isLast(it))) await copyFrom(root, copy, buildStage);
  const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  await run('npm', ['run', 'build'], { cwd: buildStage, env: { ...process.env, PATH: path } });
  await mkdir(app);
  for (const copy of copies.filter(isLast)) {
    const stage = copy.getFromFlag()?.getValue();
    if (stage === 'dependencies') await linkProductionPackages(join(app, 'node_modules'));
    else await copyFrom(stage === undefined ? root : buildStage, copy, app);
  }
  await mkdir(state, { mode: 0o700 });
  if (isRoot) await chown(state, 10_001, 10_001);
});

async function copyFrom(source: string, copy: Copy, target: string): Promise<void> {
  const words = (copy.getArgumentsContent() ?? '').split(' ');
  for (const word of words.slice(0, -1)) {
    const from = word.replace(/^\/app\//, '');
    await cp(join(source, from), join(target, from), { recursive: true });
  }
}

/** What `npm ci --omit=dev` installs: by the lock file, packages that something of production needs. */
async function linkProductionPackages(target: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  };
  // A nested package comes with the one around it.
  const names = Object.entries(lock.packages).flatMap(([path, { dev = false }]) =>
    dev ? [] : (/^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.slice(1) ?? []),
  );
  const source = join(root, 'node_modules');
  await mkdir(target);
  // Optional ones for other platforms are not installed.
  const installed = names.filter((name) => existsSync(join(source, name)));
  // Links take no time and no space, where the file system has them.
  const copy = (how: string) =>
    run('cp', ['--parents', how, ...installed, target], { cwd: source });
  await copy('-rl').catch(() => copy('-r'));
}

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return spawn(node, [join(app, 'dist/main.js'), ...args], {
    cwd: app,
    env: { NODE_ENV: 'production', ALIASWATCH_STATE_DIR: state, TMPDIR: state, ...environment },
    ...user,
  });
}

const runIt = (args: readonly string[]): Promise<Outcome> => outcomeOf(start(args));

describe('what the image holds', () => {
  test('says its version', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    assert.deepEqual(await runIt(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('has the rules and all that reads them', async () => {
    const { code, stdout, stderr } = await runIt(['rules', 'check']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\d+ aliases/);
  });

  test('judges a message', async () => {
    const message = join(place, 'message.eml');
    await writeFile(
      message,
      'From: service@paypal.com\r\nTo: a@example.test\r\nSubject: hello\r\n\r\nhi\r\n',
    );
    const { code, stdout, stderr } = await runIt(['check', message, '--assume-authenticated']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /learning/);
  });

  for (const workers of ['1', '2'])
    test(`serves with ${workers} processes, is healthy by its own check, keeps state outside the program, and drains`, async () => {
      await using nextHop = await SmtpRecorder.start();
      const { host, port } = nextHop.address;
      const child = start(['serve'], {
        ALIASWATCH_LISTEN: '127.0.0.1:0',
        ALIASWATCH_HTTP: '127.0.0.1:0',
        ALIASWATCH_NEXT_HOP: `${host}:${port}`,
        ALIASWATCH_WORKERS: workers,
      });
      after(() => child.kill('SIGKILL'));
      const { smtp, http } = await ready(child);
      assert.equal(await healthCheck(http), 0);
      assert.equal(await healthCheck('127.0.0.1:1'), 1, 'where nothing answers it fails');
      await using client = await SmtpDialogue.greeted(smtp);
      await client.command('MAIL FROM:<a@s.test>', 250);
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await client.command('RCPT TO:<b@example.test>', 250);
      await client.data('Subject: x\r\n\r\nbody\r\n', 250);
      assert.deepEqual(await closed, [0, null]);
      assert.equal(nextHop.messages.length, 1);
    });
});

async function ready(child: ChildProcess): Promise<{ smtp: HostPort; http: string }> {
  for await (const text of createInterface(child.stdout!)) {
    const line = JSON.parse(text) as Readonly<Record<string, string>>;
    if (line['msg'] !== 'ready') continue;
    const smtp = parseHostPort(line['smtp'] ?? '');
    assert.ok(smtp.ok);
    child.stdout!.resume();
    return { smtp: smtp.value, http: line['http'] ?? '' };
  }
  throw new Error('it ended early');
}

/** The command of HEALTHCHECK, on another port. */
async function healthCheck(http: string): Promise<number | null> {
  const [check] = dockerfile.getHEALTHCHECKs();
  const text = /CMD (\[.*\])/.exec(check?.getRawArgumentsContent() ?? '')?.[1] ?? '[]';
  const [program, ...args] = JSON.parse(text) as readonly string[];
  assert.equal(program, 'node');
  const here = args.map((arg) => arg.replace('127.0.0.1:8025', http));
  assert.notDeepEqual(here, args);
  return (await outcomeOf(spawn(node, here))).code;
}
