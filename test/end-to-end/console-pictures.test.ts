import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { entraHistory, entraMail, mboxOf } from '../commands/entra-mail.ts';
import { openShell } from '../commands/shell.ts';
import { openChromium, takeWindow, watchPage, withoutChromium } from '../support/browser.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { startSite, vendor, type Site } from './site.ts';

const shell = await openShell();
const viewport = { width: 1280, height: 800 };

/** What callers of three campaigns would type for a tenant name, and to whom; the numbers are set aside for fiction. */
const lures = [
  ['Your Bitcoin purchase is complete. Support Desk +1 802 555 0164', ['dov', 'eva', 'finn']],
  ['Your Bitcoin purchase is complete. Support Desk +1 802 555 0164', ['gus']],
  ['Payment of USD 512.40 is approved, call +1 802 555 0138 to cancel it', ['jo']],
  ['Your order of USD 389.00 ships today, refund desk: (802) 555-0138', ['cleo']],
  ['Payment of USD 498.95 is approved, call +1 802 555 0138 to cancel it', ['ann', 'ben']],
  ['Antivirus renewed for USD 279.99, dispute it at +1 802 555 0119', ['hana', 'ines']],
] as const;

/** A gateway that knows a month of honest mail of the vendor. */
async function startSiteWithHistory(nextHop: SmtpRecorder): Promise<Site> {
  const stateDir = shell.path('state');
  const store = `sqlite:${shell.path('state/baselines.db')}`;
  const archive = shell.path('history.mbox');
  await writeFile(archive, mboxOf(entraHistory(300, new Date())));
  const learned = await shell.run(['learn', archive, '--assume-authenticated', '--store', store]);
  assert.equal(learned.code, 0, learned.stderr);
  return startSite({ nextHop: nextHop.address, settings: { stateDir, store } });
}

async function sendLures(site: Site): Promise<void> {
  for (const [index, [tenant, names]] of lures.entries()) {
    const recipients = names.map((name) => `${name}@example.com`);
    const mail = entraMail({
      tenant,
      recipient: recipients[0] ?? '',
      sentAt: new Date(),
      code: String(481_516 + index),
    });
    const signed = await signMessage(mail, { domain: vendor.domain, selector: 'rsa' });
    assert.match((await site.send(signed, { recipients }))[0] ?? '', /^250 2\.0\.0 Held /);
  }
}

/** Width and height stand in the first chunk (PNG, third edition, 11.2.1). */
async function readPngSize(path: string) {
  const bytes = await readFile(path);
  assert.equal(bytes.subarray(1, 4).toString('latin1'), 'PNG', path);
  return { bytes: bytes.length, width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

test(
  'pictures for the README: what is held, and why one message is',
  { skip: withoutChromium },
  async () => {
    await using nextHop = await SmtpRecorder.start();
    await using site = await startSiteWithHistory(nextHop);
    await sendLures(site);
    await using chromium = await openChromium();
    const { host, port } = site.server.http;
    const { page, complaints, foreign } = await watchPage(chromium, `http://${host}:${port}`, {
      viewport,
    });

    await page.goto('/quarantine');
    assert.equal(await page.locator('[data-open]').count(), lures.length);
    const list = await takeWindow(page, 'console-quarantine', shell.directory);
    await page.locator('[data-open]').filter({ hasText: '498.95' }).click();
    await page.getByRole('heading', { name: /498\.95/ }).waitFor();
    const message = await takeWindow(page, 'console-message', shell.directory);
    for (const path of [list, message]) {
      const { bytes, ...size } = await readPngSize(path);
      assert.deepEqual(size, viewport, path);
      assert.ok(bytes > 20_000 && bytes < 250_000, `${path}: ${bytes} bytes`);
    }
    assert.deepEqual([complaints, foreign], [[], []]);
  },
);
