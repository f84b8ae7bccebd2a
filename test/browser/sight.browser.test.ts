import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { shopTraces } from './cart-traces.ts';
import { shopTrace } from './shop-trace.ts';

/** As Chromium simulates them; the last sees no colour at all. */
const visions = ['protanopia', 'deuteranopia', 'tritanopia', 'achromatopsia'] as const;

describe.skipIf(chromiumPath === undefined)('pages as people with other eyes see them', () => {
  const app = useApp();
  const random = new Random(61);
  const failed = shopTrace(random, { startMs: Date.now() - 50_000, failing: true, lost: true });

  beforeAll(async () => {
    const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 300_000;
    const spread = Array.from({ length: 5 }, (_, at) =>
      shopTraces({ startMs: startMs + at * 60_000, count: 20, cartMs: 10 + at * 15 }),
    ).flat();
    await app.store([...spread, failed]);
  });

  const range = 'from=now-15m&to=now';
  const pages: readonly (readonly [name: string, path: string, ready: (page: Page) => Promise<unknown>])[] = [
    ['trace', `/trace/${failed.traceId}`, (page) => page.getByRole('treegrid').getByRole('row').nth(5).waitFor()],
    ['search', `/search?${range}`, (page) => page.locator('.u-over').waitFor()],
    [
      'operation',
      `/operation?service=cart&operation=GET%20%2Fcart&${range}`,
      (page) => page.getByRole('application', { name: 'Heatmap of durations' }).waitFor(),
    ],
    ['map', `/map?${range}`, (page) => page.locator('[data-node]').nth(3).waitFor()],
  ];

  for (const theme of ['light', 'dark']) {
    for (const [name, path, ready] of pages) {
      // To be looked at: what is told apart, and what not, is nothing that a program sees.
      test(`pictures of ${name} (${theme})`, async () => {
        const page = await app.open(`${path}${path.includes('?') ? '&' : '?'}theme=${theme}`);
        await ready(page);
        const usual = await page.screenshot();
        const chromium = await page.context().newCDPSession(page);
        for (const type of visions) {
          await chromium.send('Emulation.setEmulatedVisionDeficiency', { type });
          await shoot(page, `sight-${name}-${theme}-${type}`);
          expect((await page.screenshot()).equals(usual), 'colours differ').toBe(false);
        }
        expect(await page.getByRole('img', { name: 'The error began here' }).count()).toBe(name === 'trace' ? 1 : 0);
      });
    }
  }
});
