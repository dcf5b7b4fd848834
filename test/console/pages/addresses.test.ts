import assert from 'node:assert/strict';
import { after, describe, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { renderHtml } from '../../../src/console/html.ts';
import { visibleAddress } from '../../../src/console/pages/visible-text.ts';
import { heldMessage } from '../../quarantine/samples.ts';
import { keepScreenshot, openChromium, watchPage, withoutChromium } from '../../support/browser.ts';
import { names, password, startSite } from '../console-site.ts';
import { recordingReview } from '../recording-review.ts';

const { envelope } = heldMessage();
const held = heldMessage({
  from: 'Microsoft account team <accountsecuritynotifications@accountprotection.microsoftonline.com>',
  envelope: {
    ...envelope,
    mailFrom: 'bouncesofaccountsecuritynotifications@accountprotection.microsoftonline.com',
    rcptTo: ['a.person.with.a.very.long.name@subsidiary.of.a.large.company.example.com'],
    rcptParameters: [''],
  },
});

test('places to break change nothing of the text, and hidden characters stay visible', () => {
  const shown = renderHtml(visibleAddress('a.b@pay\u200Bpal.com'));
  assert.equal(
    shown,
    '<bdi>a<wbr />.b<wbr />@pay<span class="hidden-character">⟦U+200B⟧</span>pal<wbr />.com</bdi>',
  );
});

/** Runs in the page, where each line of an address of an envelope ends: the characters on both sides. */
const lineBreaks = `[...document.querySelectorAll('main bdi')].flatMap((element) => {
  const characters = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
    for (let index = 0; index < node.textContent.length; index++) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + 1);
      characters.push({ text: range.toString(), top: range.getBoundingClientRect().top });
    }
  return characters.flatMap(({ text, top }, index) => {
    const before = characters[index - 1];
    return before !== undefined && top > before.top + 4 ? [before.text + '|' + text] : [];
  });
})`;

type Sizes = { readonly scrollWidth: number; readonly clientWidth: number };
const sizes = `(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)`;

describe('on a page of 360 pixels', { skip: withoutChromium, concurrency: false }, () => {
  let chromium: Awaited<ReturnType<typeof openChromium>> | null = null;
  after(() => chromium?.close());

  async function open(t: TestContext): Promise<Page> {
    const site = await startSite(t, { review: recordingReview([held]) });
    chromium ??= await openChromium();
    const viewport = { width: 360, height: 780 };
    const { page, context } = await watchPage(chromium, site.origin, { viewport });
    t.after(() => context.close());
    await page.goto('/quarantine');
    await page.getByLabel('Name').fill(names.operator);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL('**/quarantine');
    return page;
  }

  for (const path of ['/quarantine', `/quarantine/${held.id}`])
    test(`${path}: addresses break before @ and dots, and nothing has to be scrolled sideways`, async (t) => {
      const page = await open(t);
      await page.goto(path);
      const breaks = await page.evaluate<string[]>(lineBreaks);
      assert.ok(breaks.includes('s|@') || breaks.includes('n|.'), breaks.join(' '));
      assert.deepEqual(
        breaks.filter((found) => /[a-z0-9]\|[a-z0-9]/i.test(found)),
        [],
      );
      const { scrollWidth, clientWidth } = await page.evaluate<Sizes>(sizes);
      assert.ok(scrollWidth <= clientWidth, `${scrollWidth} of ${clientWidth}`);
      await keepScreenshot(page, `console-addresses${path.replaceAll('/', '-')}`);
    });
});
