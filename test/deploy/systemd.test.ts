import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { parseHostPort } from '../../src/config/host-port.ts';
import { closingMs, endWithinMs } from '../../src/commands/serve/closing-time.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import { shippedNodeFlags } from '../bench/load/gateway-subject.ts';
import { requireInstalled } from '../support/installed.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { root } from './compose-file.ts';

const run = promisify(execFile);
const folder = join(root, 'deploy/systemd');
const unit = await readFile(join(folder, 'aliaswatch.service'), 'utf8');
const place = await mkdtemp(join(tmpdir(), 'aliaswatch-systemd-'));
after(() => rm(place, { recursive: true, force: true }));
const skip = requireInstalled('systemd-analyze', 'systemd');

/** Every value of a directive, in order. */
function valuesOf(directive: string): readonly string[] {
  return [...unit.matchAll(new RegExp(`^${directive}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

test('the unit and the image give Node the flags that the bench measures with', async () => {
  const image = await readFile(join(root, 'Dockerfile'), 'utf8');
  const flags = shippedNodeFlags.join(' ');
  assert.ok(valuesOf('Environment').includes(`"NODE_OPTIONS=${flags}"`));
  assert.ok(image.includes(`NODE_OPTIONS="${flags}"`));
});

describe('the systemd unit', { skip }, () => {
  test('is one that systemd takes', async () => {
    // Where the program is here.
    await writeFile(join(place, 'main.js'), '');
    const here = unit
      .replace('/usr/bin/node', process.execPath)
      .replaceAll('/opt/aliaswatch/dist/main.js', join(place, 'main.js'));
    const verify = async (text: string) => {
      const path = join(place, 'aliaswatch.service');
      await writeFile(path, text);
      const { stderr } = await run('systemd-analyze', ['verify', path]).catch(
        (error: unknown) => error as { readonly stderr: string },
      );
      return stderr.split('\n').filter((line) => line.includes('aliaswatch'));
    };
    assert.deepEqual(await verify(here), []);
    assert.notDeepEqual(await verify(here.replace('NoNewPrivileges=yes', 'NoNewPriv=yes')), []);
  });

  test('is hardened: 2.0 or less of 10 in the count of systemd', async () => {
    const path = join(folder, 'aliaswatch.service');
    await run('systemd-analyze', ['security', '--offline=true', '--threshold=20', path]);
  });

  test('has port 25 of root and nothing else', () => {
    assert.deepEqual(valuesOf('CapabilityBoundingSet'), ['CAP_NET_BIND_SERVICE']);
    assert.deepEqual(valuesOf('AmbientCapabilities'), ['CAP_NET_BIND_SERVICE']);
    assert.deepEqual(valuesOf('User'), ['aliaswatch']);
  });

  test('waits for a drain, with settings that are ours', async () => {
    const file = { path: join(folder, 'aliaswatch.yaml'), mustExist: true };
    const loading = await loadSettings({ file, environment: {}, flags: {}, hostname: 'x' });
    assert.ok(loading.ok, JSON.stringify(loading));
    const { stateDir, logFormat } = loading.settings;
    const endsMs = endWithinMs(loading.settings) + closingMs;
    assert.ok(Number(valuesOf('TimeoutStopSec')[0]) * 1000 > endsMs);
    assert.equal(stateDir, `/var/lib/${valuesOf('StateDirectory')[0] ?? ''}`);
    const compileCache = `NODE_COMPILE_CACHE=/var/cache/${valuesOf('CacheDirectory')[0] ?? ''}`;
    assert.ok(valuesOf('Environment').includes(compileCache));
    assert.equal(logFormat, 'journal');
  });

  test(
    'gets its user and directories',
    { skip: process.getuid?.() !== 0 && 'needs root' },
    async () => {
      const target = join(place, 'root');
      await mkdir(join(target, 'etc'), { recursive: true });
      const at = (name: string) => ['--root', target, join(folder, name)];
      await run('systemd-sysusers', at('aliaswatch.sysusers.conf'));
      const users = await readFile(join(target, 'etc/passwd'), 'utf8');
      const uid = Number(/^aliaswatch:x:(\d+):/m.exec(users)?.[1]);
      await run('systemd-tmpfiles', ['--create', ...at('aliaswatch.tmpfiles.conf')]);
      const state = await stat(join(target, 'var/lib/aliaswatch'));
      assert.deepEqual([state.mode & 0o777, state.uid], [0o700, uid]);
      const settings = await stat(join(target, 'etc/aliaswatch'));
      assert.deepEqual([settings.mode & 0o777, settings.uid, settings.gid], [0o750, 0, uid]);
    },
  );
});

test(
  'the filter of the unit lets every system call pass that serving takes',
  { skip: skip || requireInstalled('strace', 'strace') },
  async () => {
    const allowed = new Set<string>();
    for (const line of valuesOf('SystemCallFilter')) {
      const isDenied = line.startsWith('~');
      for (const call of await callsIn(line.replace('~', '').split(' ')))
        if (isDenied) allowed.delete(call);
        else allowed.add(call);
    }
    const made = await callsOfServing();
    assert.ok(made.has('accept4') && made.has('fsync'), 'it took mail');
    assert.deepEqual([...made].filter((call) => !allowed.has(call)).sort(), []);
  },
);

/** The system calls of some groups, and of the groups in them. */
async function callsIn(groups: readonly string[]): Promise<Set<string>> {
  const { stdout } = await run('systemd-analyze', ['syscall-filter', ...groups]);
  const names = stdout.split('\n').map((line) => line.trim());
  const inner = names.filter((name) => name.startsWith('@') && !groups.includes(name));
  const calls = names.filter((name) => /^[a-z]\w*$/.test(name));
  return new Set([...calls, ...(inner.length > 0 ? await callsIn(inner) : [])]);
}

/** Of a start, a message and an end, all threads. */
async function callsOfServing(): Promise<Set<string>> {
  const trace = join(place, 'trace');
  await using nextHop = await SmtpRecorder.start();
  const { host, port } = nextHop.address;
  const serve = [join(root, 'src/main.ts'), 'serve', '--state-dir', join(place, 'state')];
  const free = ['--listen', '127.0.0.1:0', '--http', '127.0.0.1:0'];
  const child = spawn(
    'strace',
    ['-f', '-qq', '-o', trace, process.execPath, ...serve, ...free, `--next-hop=${host}:${port}`],
    { env: { PATH: process.env['PATH'] }, detached: true },
  );
  const closed = once(child, 'close');
  after(() => child.exitCode === null && child.pid && process.kill(-child.pid, 'SIGKILL'));
  for await (const text of createInterface(child.stdout)) {
    const line = JSON.parse(text) as Readonly<Record<string, string>>;
    if (line['msg'] === 'ready') {
      const smtp = parseHostPort(line['smtp'] ?? '');
      assert.ok(smtp.ok);
      await using client = await SmtpDialogue.greeted(smtp.value);
      await client.command('MAIL FROM:<a@s.test>', 250);
      await client.command('RCPT TO:<b@example.test>', 250);
      await client.data('From: service@paypal.com\r\nSubject: x\r\n\r\nbody\r\n', 250);
      process.kill(-(child.pid ?? 0), 'SIGTERM');
      break;
    }
  }
  child.stdout.resume();
  await closed;
  const calls = await readFile(trace, 'utf8');
  return new Set([...calls.matchAll(/^\d+ +(\w+)\(/gm)].map(([, call = '']) => call));
}
