import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { keepScreenshot, openChromium, watchPage, withoutChromium } from '../../support/browser.ts';
import { showcasePages, startShowcase } from './showcase.ts';

let chromium: Awaited<ReturnType<typeof openChromium>> | null = null;
after(() => chromium?.close());

const looks = [
  { look: 'light', colorScheme: 'light', viewport: { width: 1360, height: 900 } },
  { look: 'dark', colorScheme: 'dark', viewport: { width: 1360, height: 900 } },
  { look: 'narrow', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const;

describe('pages in Chromium', { skip: withoutChromium, concurrency: false }, () => {
  for (const { look, colorScheme, viewport } of looks)
    test(`${look}: nothing is wider than the window, and nothing complains`, async (t) => {
      const site = await startShowcase(t);
      chromium ??= await openChromium();
      const { page, context, complaints, foreign } = await watchPage(chromium, site.origin, {
        colorScheme,
        viewport,
      });
      t.after(() => context.close());
      for (const [name, path] of Object.entries(showcasePages)) {
        const response = await page.goto(path);
        assert.equal(response?.status(), name === 'error' ? 404 : 200, path);
        // The body leaves out the gutter of the scroll bar, which would hide as much.
        const overhang = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.body.offsetWidth',
        );
        assert.ok(overhang <= 0, `${name} is ${overhang} px too wide`);
        await keepScreenshot(page, `${name}-${look}`);
      }
      // The missing message is told of by the browser as well.
      assert.deepEqual(
        complaints.filter((text) => !text.includes('404')),
        [],
      );
      assert.deepEqual(foreign, []);
      assert.deepEqual(site.failures, []);
    });
});
