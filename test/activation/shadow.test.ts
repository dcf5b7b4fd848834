import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openShell } from '../commands/shell.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { vendorZone } from '../support/zone.ts';
import { claimed, rulesetOf, sendClaim, startGateway } from './gateway.ts';
import { smallRules, versionOf } from './small-rules.ts';

const shell = await openShell();

const lure = signMessage(
  [
    `From: Docusign <${claimed}>`,
    'To: jo@example.test',
    'Subject: Complete with Docusign: call +1 802 538 3069 for a refund',
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'Message-ID: <1@docusign.net>',
    '',
    'Your PayPal account was charged. Call +1 802 538 3069 for a refund.',
    '',
  ].join('\r\n'),
  { domain: 'docusign.net', selector: 'rsa' },
);

for (const { name, lists } of [
  { name: 'other decisions', lists: null },
  {
    name: 'other lists, by which the message is read again',
    lists: 'lureWords: {charged: 2}\ncommonWords: [the]\n',
  },
])
  test(`a candidate in shadow is counted and changes nothing: ${name}`, async () => {
    await using nextHop = await SmtpRecorder.start();
    await using rules = await smallRules('mode: tag\n');
    await using others = await smallRules('actions: {suspicious: pass, anomalous: pass}\n');
    if (lists !== null) await others.write('languages/en.yaml', lists);
    await using gateway = await startGateway({
      nextHop: nextHop.address,
      rulesDir: rules.path,
      zone: vendorZone('docusign.net', { ip4: '127.0.0.0/8' }),
    });
    const flags = ['--store', `sqlite:${gateway.stateDir}/baselines.db`];
    const candidate = await versionOf(others.path);
    const made = await shell.run(['rules', 'activate', others.path, '--shadow', ...flags]);
    assert.equal(made.code, 0, made.stderr);
    await gateway.logged(({ msg }) => msg === 'rules changed');
    assert.match(await sendClaim(gateway, ['jo@example.test'], await lure), /^250/);
    const delivered = nextHop.messages.at(-1);
    assert.equal(rulesetOf(delivered), await versionOf(rules.path));
    assert.match(
      delivered?.toString() ?? '',
      /^X-Aliaswatch-Verdict: (?:suspicious|anomalous); action=tag/m,
    );
    const line = await gateway.logged(({ msg }) => msg === 'candidate would differ');
    assert.equal(line['version'], candidate);
    const change = String(line['change']);
    assert.match(change, /^no-longer-(?:held|tagged)$/);
    const series = `aliaswatch_ruleset_shadow_total{change="${change}"}`;
    assert.equal(await gateway.metric(series), 1);
    assert.equal(await gateway.metric('aliaswatch_ruleset_shadow_total{change="failed"}'), 0);
  });
