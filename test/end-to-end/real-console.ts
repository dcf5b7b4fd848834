import { after, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { openChromium, watchPage, withoutChromium } from '../support/browser.ts';
import { startGreylistingPostfix } from '../support/greylisting-postfix.ts';
import { skipWithoutPostfix } from '../support/postfix.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { startSite, type Site, type SiteOptions } from './site.ts';

export const withoutServers = withoutChromium || skipWithoutPostfix();

let chromium: Awaited<ReturnType<typeof openChromium>> | null = null;
after(() => chromium?.close());

/** A gateway before a real Postfix, and the mailbox behind both. */
export async function startGateway(settings: NonNullable<SiteOptions['settings']> = {}) {
  await using opened = new AsyncDisposableStack();
  const mailbox = opened.use(await SmtpRecorder.start());
  const postfix = opened.use(await startGreylistingPostfix(mailbox.address));
  const site = opened.use(await startSite({ nextHop: postfix, settings }));
  const owned = opened.move();
  return { mailbox, postfix, site, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Its console in a browser on this machine, where nobody has to log in. */
export async function openConsole(t: TestContext, site: Site) {
  const { host, port } = site.server.http;
  chromium ??= await openChromium();
  const watched = await watchPage(chromium, `http://${host}:${port}`);
  t.after(() => watched.context.close());
  return watched;
}

/** Presses a button that sends a form; gives what the next page says was done. */
export async function press(page: Page, name: string): Promise<string> {
  const next = page.waitForEvent('load');
  await page.getByRole('button', { name, exact: true }).first().click();
  await next;
  return (await page.locator('.notice').allInnerTexts()).join('\n');
}
