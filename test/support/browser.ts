import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { requireInstalled } from './installed.ts';

/** For `{ skip }` of suites that need a browser. */
export const withoutChromium = requireInstalled('chromium', 'chromium');

/** Debian's Chromium without a window. Dispose of it. */
export async function openChromium(): Promise<Browser & AsyncDisposable> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    // Tests run as root in containers, where Chromium's own sandbox cannot be set up; it only ever sees our pages.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
}

export type Watched = {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What a person would not see: console errors, uncaught exceptions, refused policies, failed loads. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for and are none of `origin`. */
  readonly foreign: readonly string[];
};

/** A page with cookies of its own that remembers everything that went wrong in it. */
export async function watchPage(
  browser: Browser,
  origin: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Watched> {
  const context = await browser.newContext({
    baseURL: origin,
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) foreign.push(request.url());
  });
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });
  return { context, page, complaints, foreign };
}

/** Takes the window alone: into `docs/images` with ALIASWATCH_SCREENSHOTS=1, else into `folder`. */
export async function takeWindow(page: Page, name: string, folder: string): Promise<string> {
  const asked = process.env['ALIASWATCH_SCREENSHOTS'] === '1';
  const path = join(asked ? 'docs/images' : folder, `${name}.png`);
  await page.screenshot({ path, scale: 'css' });
  return path;
}

/** Keeps what the test saw under `test-results/`, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<string> {
  const folder = 'test-results';
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}
