import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';

/** Where to look when a test fails, and after a change of the page; not committed. */
const screenshots: string = fileURLToPath(new URL('screenshots/', import.meta.url));

/** The browser that `npm test` found; undefined where there is none. */
export const chromiumPath: string | undefined = process.env['TEST_CHROMIUM'];

export async function startBrowser(): Promise<Browser> {
  mkdirSync(screenshots, { recursive: true });
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page, and what happens in it that a page must not do. */
export interface WatchedPage {
  readonly page: Page;
  /** Addresses on other hosts that the page asked for, errors on its console, and refused content. */
  readonly faults: readonly string[];
  /** From now on, what matches is no fault; answers what matched so far. */
  tolerate(pattern: RegExp): readonly string[];
}

export interface PageOptions extends BrowserContextOptions {
  /** Runs in the page before anything of it does, with each load. */
  readonly initScript?: string;
}

/** Fails a test in which anything is done by pointer; a click that a key makes is none. For `initScript`. */
export const noPointer = `{
  const types = ['down', 'up', 'move', 'over'].flatMap((way) => ['pointer' + way, 'mouse' + way]);
  for (const type of [...types, 'wheel', 'touchstart']) {
    addEventListener(type, ({ isTrusted }) => {
      if (isTrusted) throw new Error('a pointer was used: ' + type);
    }, { capture: true, passive: true });
  }
}`;

/** A page in a profile of its own, which may ask nothing but `origin`. */
export async function newPage(
  browser: Browser,
  origin: string,
  { initScript, ...options }: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  if (initScript !== undefined) await context.addInitScript(initScript);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  const tolerated: { readonly pattern: RegExp; readonly matches: string[] }[] = [];
  const note = (fault: string) => {
    (tolerated.find(({ pattern }) => pattern.test(fault))?.matches ?? faults).push(fault);
  };
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:') note(`request to ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => note(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    note(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return {
    page,
    faults,
    tolerate: (pattern) => {
      const matches: string[] = [];
      tolerated.push({ pattern, matches });
      return matches;
    },
  };
}

/** Keeps what the page shows under this name. */
export async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${screenshots}${name}.png` });
}
