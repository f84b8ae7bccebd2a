import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { type App, startApp } from './app.ts';
import { type Window, chromiumPath } from './browser.ts';
import { cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations } from './checks.ts';
import { type ShopTrace, failingQuery, shopTrace } from './shop-trace.ts';

const random = new Random(11);

describe.skipIf(chromiumPath === undefined)('the trace page', () => {
  let app: App;
  let window: Window | undefined;
  let failed: ShopTrace;
  let broken: ShopTrace;

  beforeAll(async () => {
    app = await startApp();
    const startMs = Date.now() - 60_000;
    const usual = Array.from({ length: 20 }, (_, at) => shopTrace(random, { startMs: startMs + at * 100 }));
    failed = shopTrace(random, { startMs: startMs + 5000, failing: true });
    broken = shopTrace(random, { startMs: startMs + 6000, skewMs: 5, lost: true });
    await app.send([...usual, failed, broken].flatMap(({ spans }) => spans));
    for (const { traceId, spans } of [...usual, failed, broken]) await app.stored(traceId, spans.length);
  });
  afterAll(async () => {
    await app?.stop();
  });
  afterEach(async () => {
    const { faults } = window ?? { faults: [] };
    await window?.close();
    window = undefined;
    expect(faults, 'what a page must not do').toEqual([]);
  });

  async function open(path: string, options: Parameters<App['open']>[1] = {}): Promise<Page> {
    window = await app.open(path, options);
    await settled(window.page);
    return window.page;
  }

  for (const theme of ['light', 'dark']) {
    test(`shows a trace at a glance (${theme})`, async () => {
      const page = await open(`/trace/${failed.traceId}?theme=${theme}`);
      await page.getByText(/^p\d/).first().waitFor();
      await window?.shoot(`trace-${theme}`);
      await page.keyboard.press('e');
      await page.keyboard.press('Enter');
      await window?.shoot(`trace-details-${theme}`);
      expect(await seriousViolations(page)).toEqual([]);
    });
  }
});

async function settled(page: Page): Promise<void> {
  await page.getByRole('row').nth(1).waitFor();
}
