import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { activate } from '../../src/activate-rules.ts';
import type { Zone } from '../../src/commands/demo/zone.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort, type HostPort } from '../../src/config/host-port.ts';
import type { RuleSet } from '../../src/config/rule-set.ts';
import { completeSettings } from '../../src/config/settings.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { createLog } from '../../src/observability/log.ts';
import { loadPseudonymKey } from '../../src/pseudonym-key.ts';
import { startServer } from '../../src/server.ts';
import type { KeptMessage } from '../../src/vectors/kept-message.ts';
import { readVectors } from '../../src/vectors/read-vectors.ts';
import { openVectorsFile, vectorsFileName } from '../../src/vectors/vectors-file.ts';
import {
  appraisedMail,
  mailAliases,
  mailRecipients,
  mailText,
  seeded,
} from '../support/appraised-mail.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { skipWithoutPostfix, startPostfix } from '../support/postfix.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { vendorZone } from '../support/zone.ts';
import { askingLines, clientAddress } from './milter-site.ts';

const messages = 500;
const anyPort = { host: '127.0.0.1', port: 0 };
const morning = Date.parse('2026-11-22T08:00:00Z');

const scratch = await mkdtemp(join(tmpdir(), 'aliaswatch-same-'));
after(() => rm(scratch, { recursive: true, force: true }));

type Mail = { readonly bytes: string; readonly from: string; readonly recipient: string };

/** Every third is a lure of some kind; one in seven comes with a broken signature, by SPF alone. */
async function mailOfADay(): Promise<readonly Mail[]> {
  const random = seeded(11);
  const mail: Mail[] = [];
  for (let index = 0; index < messages; index++) {
    const from = mailAliases[index % mailAliases.length] ?? mailAliases[0];
    const text = mailText(from, 5000 + Math.floor(index / mailAliases.length), { random });
    const signed = await signMessage(text.toString(), { domain: from.site, selector: 'rsa' });
    mail.push({
      bytes: index % 7 === 0 ? signed.replace(/^Subject: /m, 'Subject: Re: ') : signed,
      from: from.address,
      recipient: mailRecipients[index % mailRecipients.length] ?? '',
    });
  }
  return mail;
}

type Through = {
  readonly base: string;
  readonly rules: RuleSet;
  readonly mail: readonly Mail[];
  readonly dns: HostPort;
  readonly mailbox: HostPort;
};

/** Lets a gateway that begins with `base` have the mail, as a front hop or as a milter of Postfix, and gives what it kept. */
async function through(
  way: 'front hop' | 'milter',
  { base, rules, mail, dns, mailbox }: Through,
): Promise<readonly KeptMessage[]> {
  await using opened = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(scratch, 'state-'));
  await cp(base, stateDir, { recursive: true });
  let at = morning;
  const settings = completeSettings(
    {
      ...(way === 'milter' ? { milterListen: anyPort } : { nextHop: [mailbox], listen: anyPort }),
      ...{ http: anyPort, dns: [dns], stateDir, mode: 'enforce' },
      // Where a ledger does not answer in time a message is scored without it.
      storeTimeoutMs: 10_000,
    },
    'gateway.test',
  );
  const server = opened.use(
    await startServer({
      settings,
      rules,
      log: createLog('silent'),
      version: 'test',
      now: () => new Date(at),
    }),
  );
  const address =
    server.milter === null
      ? server.smtp
      : opened.use(
          await startPostfix(mailbox, [
            ...askingLines(server.milter),
            'relay_domains = site.example, branch.example',
          ]),
        );
  assert.ok(address);
  {
    await using client = await SmtpDialogue.greeted(address, clientAddress);
    for (const { bytes, from, recipient } of mail) {
      at += 60_000;
      for (const line of [`MAIL FROM:<${from}>`, `RCPT TO:<${recipient}>`, 'DATA']) {
        client.send(line);
        assert.match((await client.expectAny())[0] ?? '', /^[23]/);
      }
      client.send(Buffer.from(bytes.replaceAll('\r\n.', '\r\n..')), '.');
      assert.match((await client.expectAny())[0] ?? '', /^250/);
    }
  }
  await opened.disposeAsync();
  using file = openVectorsFile(join(stateDir, vectorsFileName), { readOnly: true });
  const rows = file.select({ since: 0, aliases: null, perAlias: messages });
  return [...readVectors(file, rows)].sort(
    (left, right) => left.appraised.at.getTime() - right.appraised.at.getTime(),
  );
}

test(
  'behind a real Postfix 500 messages get the verdicts, scores and actions that the front hop gives them',
  { skip: skipWithoutPostfix() },
  async () => {
    const watch = [...shippedRuleSet.policy.watch, 'billing@maple.example'];
    const rules = { ...shippedRuleSet, policy: { ...shippedRuleSet.policy, watch } };
    await using recorder = await SmtpRecorder.start();
    const zones = mailAliases.map(({ site }) => vendorZone(site, { ip4: '127.0.0.0/8' }));
    const records: Zone = Object.fromEntries(zones.flatMap((zone) => Object.entries(zone)));
    await using zone = await startZoneServer(records, anyPort);
    const dns = parseHostPort(zone.address);
    assert.ok(dns.ok);
    const base = await mkdtemp(join(scratch, 'base-'));
    const pseudonym = createPseudonym(await loadPseudonymKey(base));
    const active = activate(rules, { mode: 'enforce' });
    const { store } = completeSettings({ stateDir: base }, 'gateway.test');
    const until = new Date(morning - 3 * 86_400_000);
    await appraisedMail({ count: 480, rules: active, pseudonym, store, until });

    const given = { base, rules, mail: await mailOfADay(), dns: dns.value };
    const frontHop = await through('front hop', { ...given, mailbox: recorder.address });
    const milter = await through('milter', { ...given, mailbox: recorder.address });
    assert.equal(frontHop.length, messages);
    assert.equal(milter.length, messages);
    const actions = new Map<string, number>();
    for (const [index, { outcome, appraised }] of milter.entries()) {
      const there = frontHop[index]!;
      assert.deepEqual(outcome, there.outcome, `message ${index}`);
      assert.deepEqual(appraised.at, there.appraised.at);
      actions.set(outcome.action, (actions.get(outcome.action) ?? 0) + 1);
    }
    // The comparison is worth something only where there is something to tell apart.
    for (const action of ['pass', 'quarantine'])
      assert.ok((actions.get(action) ?? 0) > 20, JSON.stringify([...actions]));
  },
);
