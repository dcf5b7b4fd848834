import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chromium } from 'playwright-core';
import { planBanner } from '../../../src/action/warning/banner.ts';
import { withEdits } from '../../../src/action/content-edits.ts';
import { warningLanguages } from '../../../src/decision/warning-policy.ts';
import { warningTexts } from '../../../src/action/warning/warning-texts.ts';
import { memoryContent } from '../../../src/smtp/content.ts';
import { requireInstalled } from '../../support/installed.ts';
import { mail } from './mime-builder.ts';

/** Style sheets with which a message may try to make what we write unreadable. */
const hostile = [
  'div:first-child, body > div, b { display: none !important }',
  'div, b { visibility: hidden !important; opacity: 0 !important }',
  'div, b { font-size: 0 !important; color: #fef3c7 !important }',
  'div { position: absolute !important; left: -9999px !important; height: 0 !important }',
  'div { transform: scale(0) !important; clip-path: inset(100%) !important; max-width: 0 !important }',
  '[role=note] { text-indent: -9999px !important; filter: opacity(0) !important }',
];

/** A script of the page, not of ours: it knows the names of a browser. */
const readStyle = `(() => {
  const { opacity, color, fontSize, visibility, filter, textIndent } =
    getComputedStyle(document.querySelector('[role=note]'));
  return { opacity, color, fontSize, visibility, filter, textIndent };
})()`;

async function pageWith(
  styles: string,
  language: (typeof warningLanguages)[number],
): Promise<string> {
  const message = mail({
    type: 'text/html; charset=utf-8',
    text: `<html><head><style>${styles}</style></head><body><p>Hello</p></body></html>`,
  });
  const { edits } = planBanner({
    bytes: message,
    isCut: false,
    mayUse8Bit: false,
    facts: {
      verdict: 'anomalous',
      vendor: '<b>Vendor</b>',
      verifyAt: 'https://www.vendor.example/',
      unusual: ['phone'],
      hostname: 'mx.example.test',
      note: '<img src=x onerror=alert(1)>',
    },
    language,
    lists: { commonWords: new Map() },
  });
  const changed = (await withEdits(memoryContent(message), edits).prefix(Infinity)).toString();
  return changed.slice(changed.indexOf('\r\n\r\n') + 4);
}

suite('in a browser', { skip: requireInstalled('chromium', 'chromium') }, () => {
  test('a banner can be read whatever the style sheet of the message says', async () => {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
    try {
      const page = await browser.newPage();
      const languages = [...warningLanguages];
      for (const [index, styles] of ['', ...hostile].entries()) {
        const language = languages[index] ?? 'en';
        await page.setContent(await pageWith(styles, language));
        const banner = page.locator('[role=note]');
        const shown = await banner.innerText();
        assert.ok(shown.includes(warningTexts[language].title), styles);
        assert.ok(shown.includes(warningTexts[language].unusual.phone), styles);
        assert.ok(shown.includes('<b>Vendor</b>') && shown.includes('<img src=x'), 'as text');
        assert.equal(await page.locator('img, a').count(), 0);
        const box = await banner.boundingBox();
        assert.ok(box && box.x >= 0 && box.width > 300 && box.height > 100, styles);
        const style = await page.evaluate(readStyle);
        assert.deepEqual(
          style,
          {
            opacity: '1',
            color: 'rgb(31, 41, 55)',
            fontSize: '14px',
            visibility: 'visible',
            filter: 'none',
            textIndent: '0px',
          },
          styles,
        );
      }
    } finally {
      await browser.close();
    }
  });
});
