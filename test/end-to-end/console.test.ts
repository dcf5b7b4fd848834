import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openShell } from '../commands/shell.ts';
import { keepScreenshot } from '../support/browser.ts';
import { ourFields } from './our-fields.ts';
import { openConsole, press, startGateway, withoutServers } from './real-console.ts';
import { publishedLure, vendor, vendorMail, type Site } from './site.ts';

const shell = await openShell();

async function verifyAudit({ stateDir }: Site): Promise<void> {
  const environment = {
    ALIASWATCH_STATE_DIR: stateDir,
    ALIASWATCH_STORE: `sqlite:${stateDir}/baselines.db`,
  };
  const { code, stdout } = await shell.run(['audit', 'verify'], { environment });
  assert.equal(code, 0, stdout);
}

/** Released to ann alone: the other recipient's box is ticked when the page comes. */
async function releaseToAnn(page: Page): Promise<string> {
  await page.getByLabel('ben@example.test').uncheck();
  await page.getByLabel('Reason for the audit log').fill('asked by phone');
  return press(page, 'Release');
}

describe('the console over a real gateway before a real Postfix', { skip: withoutServers }, () => {
  test('held, released to one of two while Postfix says 451, and again; binned, taken back, released', async (t) => {
    await using gateway = await startGateway();
    const { mailbox, postfix, site } = gateway;
    const { page, complaints, foreign } = await openConsole(t, site);
    const lure = await vendorMail({ tenant: publishedLure });
    const recipients = ['ann@example.test', 'ben@example.test'];
    const [held = ''] = await site.send(lure, { recipients });
    assert.match(held, /^250 2\.0\.0 Held for review as /);

    await page.goto('/');
    assert.equal(await page.locator('.tile .figure').first().innerText(), '1');
    await page.goto('/quarantine');
    assert.match(
      await page.locator('tr[data-row] .why').innerText(),
      /anomalous[^]*lure language in the subject \(\d+ bits\)/,
      'the list says why',
    );
    await page.locator('[data-open]').click();
    await page.getByRole('heading', { name: publishedLure }).waitFor();
    const message = page.url();

    postfix.greylist(true);
    const greylisted = /451 4\.7\.1 <ann@example\.test>: .*Greylisted/;
    const answer = await releaseToAnn(page);
    assert.match(answer, /^Not done: nobody has it yet; ann@example\.test: /);
    assert.match(answer, greylisted);
    assert.equal(await page.locator('.notice.refused').count(), 1);
    const ann = page.locator('.recipients li', { hasText: 'ann@example.test' });
    assert.match(await ann.innerText(), /refused, try again/);
    assert.match(await ann.innerText(), greylisted);
    const past = page.locator('.past li');
    assert.match(await past.first().innerText(), /Released by local[^]*asked by phone[^]*refused/);
    assert.equal(await past.first().getByText('Undo…').count(), 0, 'nothing was done');
    assert.equal(mailbox.messages.length, 0);

    postfix.greylist(false);
    assert.match(await releaseToAnn(page), /^Released: /);
    assert.equal(await page.locator('.notice.done').count(), 1);
    await mailbox.until(({ messages }) => messages.length === 1);
    const delivered = ourFields(mailbox.messages[0], lure);
    assert.ok(delivered['X-Aliaswatch-Released'], 'it says when it was released');
    assert.match(
      delivered['X-Aliaswatch-Verdict'] ?? '',
      /^anomalous; action=quarantine;/,
      'and as what it was held',
    );
    assert.deepEqual(mailbox.rcptTo, ['ann@example.test'], 'the other recipient has nothing');
    assert.ok(await page.getByLabel('ann@example.test').isDisabled(), 'nobody gets it twice');
    await keepScreenshot(page, 'console-end-to-end-message');
    await verifyAudit(site);

    await press(page, 'Delete');
    assert.equal(await page.getByRole('button', { name: 'Release' }).count(), 0, 'in the bin');
    await past.first().getByText('Undo…').click();
    await press(page, 'Take it back');
    await press(page, 'Release');
    await mailbox.until(({ messages }) => messages.length === 2);
    assert.deepEqual(mailbox.rcptTo, recipients);
    ourFields(mailbox.messages[1], lure);

    await page.getByRole('complementary').locator('a[href^="/campaigns/"]').click();
    await page.getByRole('heading', { name: 'In mailboxes 1 copy' }).waitFor();
    await page.goto(`/audit?subject=${message.split('/').at(-1) ?? ''}`);
    assert.deepEqual((await page.locator('main tbody th').allInnerTexts()).toReversed(), [
      'held',
      'decision',
      'released',
      'released',
      'deleted',
      'released',
    ]);
    await page.getByRole('link', { name: 'Decisions' }).click();
    assert.equal(await page.locator('main tbody tr').count(), 5);
    assert.deepEqual([complaints, foreign], [[], []]);
    await verifyAudit(site);
  });

  test('every link of every page leads to a page, on a site that has seen mail', async (t) => {
    await using gateway = await startGateway();
    const { mailbox, site } = gateway;
    const { page, complaints, foreign } = await openConsole(t, site);
    await site.send(await vendorMail({ tenant: publishedLure }));
    await site.send(await vendorMail());
    // Tagged, and not held.
    await site.send(await vendorMail({ body: 'To cancel, call support at 802 538 3070 now.' }));
    await mailbox.until(({ messages }) => messages.length === 2);
    const verdicts = mailbox.messages.join('\n').match(/^X-Aliaswatch-Verdict: \w+; action=\w+/gm);
    assert.deepEqual(verdicts?.map((verdict) => verdict.split('action=')[1]).sort(), [
      'pass',
      'tag',
    ]);
    const seen = new Set<string>();
    const waiting = ['/', `/aliases/${vendor.alias}`];
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      // The aliases of the catalogue are all alike.
      const isOtherAlias = /^\/aliases\/./.test(path) && path !== `/aliases/${vendor.alias}`;
      if (seen.has(path) || isOtherAlias) continue;
      seen.add(path);
      const response = await page.goto(path);
      assert.equal(response?.status(), 200, path);
      const links = await page.locator('a[href^="/"]').all();
      const targets = await Promise.all(links.map((link) => link.getAttribute('href')));
      waiting.push(...targets.filter((target) => target !== null));
    }
    const kinds = new Set([...seen].map((path) => path.split(/[/?]/)[1]));
    assert.deepEqual([...kinds].sort(), [
      '',
      'access',
      'acts',
      'aliases',
      'audit',
      'campaigns',
      'quarantine',
      'requests',
      'rules',
    ]);
    assert.deepEqual([complaints, foreign], [[], []]);
  });
});
