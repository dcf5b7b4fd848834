import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { entraHistory, mboxOf } from '../commands/entra-mail.ts';
import { requireInstalled } from '../support/installed.ts';
import { skipWithoutPostfix } from '../support/postfix.ts';
import type { Walked } from './deploy-walk/walk.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

function skipWithoutNamespaces(): string | false {
  return spawnSync('unshare', [...namespaces, 'true']).status === 0
    ? false
    : 'needs namespaces of its own for port 25 and /etc/postfix (unshare)';
}

/** An installation of Postfix as it is before the walk: on port 25, with a mailbox. */
const mainCf = `
compatibility_level = 3.6
myhostname = mta.example.test
mydestination = localhost
inet_protocols = ipv4
smtpd_peername_lookup = no
virtual_mailbox_domains = example.test
virtual_mailbox_maps = inline:{jo@example.test=example.test/jo/}
virtual_mailbox_base = /var/mail/vhosts
virtual_uid_maps = static:5000
virtual_gid_maps = static:5000
`;

const setUp = (place: string) => `
set -e
ip link set lo up
mount -t tmpfs none /var
mkdir -p /var/spool/postfix /var/lib/postfix /var/mail/vhosts /var/log /var/lib/prometheus /var/archive
ln -s /run /var/run
mkdir -m 1777 /var/tmp
chown postfix /var/lib/postfix
chown 5000:5000 /var/mail/vhosts
cp ${place}/*.mbox /var/archive/
mount --bind ${place}/postfix /etc/postfix
mount --bind ${place}/resolv.conf /etc/resolv.conf
postfix start
exec ${process.execPath} ${root}test/end-to-end/deploy-walk/walk.ts ${place}/tree
`;

const skip =
  skipWithoutPostfix() || requireInstalled('prometheus', 'prometheus') || skipWithoutNamespaces();

test("the README's way to a monitored front hop, to the letter", { skip }, async (t) => {
  const place = await mkdtemp(join(tmpdir(), 'aliaswatch-walk-'));
  t.after(() => rm(place, { recursive: true, force: true }));
  await chmod(place, 0o755);
  await prepare(place);
  const { stdout } = await run('unshare', [...namespaces, 'sh', '-c', setUp(place)], {
    maxBuffer: 1e8,
  });
  const walked = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Walked;

  await t.test('has commands, from the mail server to its watch', () => {
    const all = walked.commands.join('\n');
    for (const one of ['front-hop.sh', ' learn ', 'npm run build', 'serve', 'doctor', 'prometheus'])
      assert.ok(all.includes(one), one);
  });
  await t.test('doctor sees a mail server that knows clients and relays for nobody', () => {
    assert.match(walked.doctor, /^client identity +ok /m);
    assert.match(walked.doctor, /^open relay +ok /m);
  });
  await t.test('mail arrives, judged, from the client that it came from', () => {
    assert.deepEqual(walked.simulated.honest, { '250 2.0.0 Ok: queued': 6 });
    assert.deepEqual(walked.simulated.attack, { '250 2.0.0 Ok: queued': 4 });
    assert.equal(walked.delivered.length, 10);
    const verdicts = walked.delivered.map((it) => /^X-Aliaswatch-Verdict: (\w+)/m.exec(it)?.[1]);
    assert.equal(verdicts.filter((it) => it === 'anomalous').length, 4);
    assert.ok(walked.delivered.every((it) => it.includes('dkim=pass')));
  });
  await t.test('Prometheus has counted it', () => {
    assert.equal(walked.verdicts['anomalous'], 4);
    const all = Object.values(walked.verdicts).reduce((sum, count) => sum + count, 0);
    assert.equal(all, 10);
  });
  await t.test('and one alert is firing for the campaign', () => {
    const campaigns = walked.firing.filter((name) => name === 'AliaswatchAliasCampaign');
    assert.equal(campaigns.length, 1);
    assert.ok(!walked.firing.includes('AliaswatchDown'));
  });
});

/** A clone after `npm ci`, an installed Postfix, an archive, and a resolver that is the simulator's. */
async function prepare(place: string): Promise<void> {
  const tree = join(place, 'tree');
  await mkdir(tree);
  const names = ['README.md', 'package.json', 'package-lock.json', 'tsconfig.json'];
  for (const name of [...names, 'tsconfig.build.json', 'src', 'rules', 'scripts', 'deploy'])
    await cp(join(root, name), join(tree, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
  await mkdir(join(place, 'postfix'));
  await writeFile(join(place, 'postfix/main.cf'), mainCf);
  await cp('/usr/share/postfix/master.cf.dist', join(place, 'postfix/master.cf'));
  for (const name of ['postfix-files', 'dynamicmaps.cf', 'postfix-files.d', 'dynamicmaps.cf.d'])
    await cp(join('/etc/postfix', name), join(place, 'postfix', name), { recursive: true });
  const history = mboxOf(entraHistory(3, new Date('2026-11-20T12:00:00Z')));
  for (const name of ['inbox', 'sent']) await writeFile(join(place, `${name}.mbox`), history);
  await writeFile(
    join(place, 'resolv.conf'),
    'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
  );
}
