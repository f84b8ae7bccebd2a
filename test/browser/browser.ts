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

/** A window on Spanloom that notes everything that a page must not do. */
export interface Window {
  readonly page: Page;
  /** Addresses on other hosts that the page asked for, errors on its console, and refused content. */
  readonly faults: readonly string[];
  /** Keeps what the window shows under this name. */
  shoot(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function openWindow(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:') faults.push(`request to ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return {
    page,
    faults,
    shoot: async (name) => {
      await page.screenshot({ path: `${screenshots}${name}.png` });
    },
    close: () => context.close(),
  };
}
