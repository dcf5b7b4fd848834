import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort } from '../../src/config/host-port.ts';
import { shippedRules } from '../config/rule-directory.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { vendorZone } from '../support/zone.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const guide = new URL('../../docs/rules.md', import.meta.url);

type Step =
  | { readonly kind: 'write'; readonly file: string; readonly content: string }
  | { readonly kind: 'run'; readonly script: string }
  | { readonly kind: 'read'; readonly expected: string };

/** The blocks of the guide in order: files to write, commands to run, and what is read after them. */
async function stepsOfGuide(): Promise<readonly Step[]> {
  const whole = await readFile(guide, 'utf8');
  const start = whole.indexOf('## Add a vendor in ten minutes');
  const section = whole.slice(start, whole.indexOf('\n## ', start + 1));
  return [...section.matchAll(/```(yaml|sh|text)\n([\s\S]*?)\n```/g)].map((found): Step => {
    const [, kind = '', body = ''] = found;
    if (kind === 'sh') return { kind: 'run', script: body };
    if (kind === 'text') return { kind: 'read', expected: body };
    const named = [...section.slice(0, found.index).matchAll(/`(my-rules\/[^`]+\.yaml)`/g)];
    return { kind: 'write', file: named.at(-1)?.[1] ?? '', content: `${body}\n` };
  });
}

/** Whether what was printed has these lines; `…` stands for anything. */
function matches(printed: string, expected: string): boolean {
  const literal = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = expected.split('…').map(literal).join('[^]*?');
  return new RegExp(pattern).test(printed);
}

/** What of the shipped rules takes long to load and shows nothing of this vendor. */
const leftOut = /^(?:tests\/|aliases\/(?!docusign|paypal|zoom)|languages\/(?!any|en))/;

/** An empty directory with the shipped rules as `rules`, and `aliaswatch` among the commands. */
async function workplace() {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-guide-'));
  await cp(shippedRules, join(directory, 'rules'), {
    recursive: true,
    filter: (file) => !leftOut.test(relative(shippedRules, file)),
  });
  await mkdir(join(directory, 'bin'));
  const command = join(directory, 'bin', 'aliaswatch');
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  await chmod(command, 0o755);
  const environment = {
    PATH: `${dirname(command)}:${process.env['PATH'] ?? ''}`,
    TMPDIR: directory,
  };
  return {
    directory,
    start: (script: string) =>
      spawn('/bin/sh', ['-c', script], { cwd: directory, env: environment }),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

type Workplace = Awaited<ReturnType<typeof workplace>>;

async function run({ start }: Workplace, script: string): Promise<string> {
  const child = start(script);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return stdout + stderr;
}

/** Sends one message of the guide through a real gateway and gives what the next hop got. */
async function throughGateway({ start }: Workplace, message: string): Promise<string> {
  await using nextHop = await SmtpRecorder.start();
  const zone = vendorZone('parcelpost.example', { ip4: '127.0.0.0/8' });
  await using dns = await startZoneServer(zone, { host: '127.0.0.1', port: 0 });
  const { host, port } = nextHop.address;
  const child = start(
    `exec aliaswatch serve --rules my-rules --listen 127.0.0.1:0 --http 127.0.0.1:0 --next-hop ${host}:${port} --dns ${dns.address}`,
  );
  try {
    const ready = Promise.withResolvers<string>();
    child.once('close', () => ready.reject(new Error('serve ended early')));
    createInterface(child.stdout).on('line', (line) => {
      const { msg, smtp } = JSON.parse(line) as Readonly<Record<string, string>>;
      if (msg === 'ready') ready.resolve(smtp ?? '');
    });
    const smtp = parseHostPort(await ready.promise);
    assert.ok(smtp.ok);
    await using client = await SmtpDialogue.greeted(smtp.value);
    await client.command('MAIL FROM:<notice@parcelpost.example>', 250);
    await client.command('RCPT TO:<jo@example.com>', 250);
    await client.data(
      await signMessage(message, { domain: 'parcelpost.example', selector: 'rsa' }),
      250,
    );
    await client.command('QUIT', 221);
    return nextHop.messages.at(-1)?.toString() ?? '';
  } finally {
    const closed = child.exitCode === null ? once(child, 'close') : null;
    child.kill('SIGTERM');
    await closed;
  }
}

test('somebody who knows Postfix adds a vendor by the guide and the messages alone', async () => {
  await using place = await workplace();
  const steps = await stepsOfGuide();
  assert.ok(steps.filter(({ kind }) => kind === 'run').length >= 7);
  const verdict = steps.at(-1);
  assert.ok(verdict?.kind === 'read');
  let printed = '';
  let lure = '';
  for (const step of steps.slice(0, -1)) {
    if (step.kind === 'write') {
      assert.notEqual(step.file, '');
      await mkdir(dirname(join(place.directory, step.file)), { recursive: true });
      await writeFile(join(place.directory, step.file), step.content);
      lure = /message: &notice \|\n((?: {6}.*\n|\n)+)/.exec(step.content)?.[1] ?? lure;
    } else if (step.kind === 'run') printed = await run(place, step.script);
    else
      assert.ok(matches(printed, step.expected), `expected\n${step.expected}\nbut read\n${printed}`);
  }
  const message = lure.replaceAll(/^ {6}/gm, '').replaceAll('\n', '\r\n');
  const delivered = await throughGateway(place, message);
  const [header = ''] = delivered.split('\r\n\r\n', 1);
  const unfolded = header.replace(/\r\n[ \t]+/g, ' ');
  assert.ok(matches(unfolded, verdict.expected), unfolded);
  assert.match(unfolded, /X-Aliaswatch-Reason: .*customs fee/i);
});
