import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { useApp } from './app.ts';
import { bigGraph } from './big-graph.ts';
import { chromiumPath } from './browser.ts';
import { vitalsOf, watchVitals } from './checks.ts';

/** For `evaluate`, which runs in the page: this side knows no `document`. */
const transform = `document.querySelector('svg[data-layout-ms] > g').getAttribute('transform')`;

describe.skipIf(chromiumPath === undefined)('a map of 300 services and 1,000 edges', () => {
  const app = useApp();

  async function open(path: string): Promise<Page> {
    const page = await app.open('/rollups');
    await watchVitals(page);
    await page.route('**/api/v1/graph?*', async (route) => route.fulfill({ json: bigGraph(300, 1000) }));
    await page.goto(app.origin + path);
    return page;
  }

  async function drawn(page: Page): Promise<void> {
    await expect.poll(async () => page.locator('[data-edge]').count(), { timeout: 15_000 }).toBe(1000);
  }

  test('is laid out within 1.5 s', async () => {
    const page = await open('/map');
    await page.getByRole('button', { name: 'Show all' }).click();
    await drawn(page);
    const tookMs = Number(await page.locator('svg[data-layout-ms]').getAttribute('data-layout-ms'));
    expect(tookMs).toBeLessThan(1500);
  });

  test('pans without a task above 50 ms', async () => {
    const page = await open('/map?unfold=all');
    await drawn(page);
    await page.keyboard.press('+');
    let longestMs = Number.POSITIVE_INFINITY;
    // Another process may take the core in the middle of a task: the best of three.
    for (let round = 0; round < 3 && longestMs > 0; round++) {
      await page.evaluate('window.vitals.longestTaskMs = 0');
      const before = await page.evaluate<string>(transform);
      await page.mouse.move(700, 500);
      await page.mouse.down();
      for (let step = 1; step <= 40; step++) await page.mouse.move(700 - step * 6, 500 - step * 3);
      await page.mouse.up();
      expect(await page.evaluate<string>(transform)).not.toBe(before);
      longestMs = Math.min(longestMs, (await vitalsOf(page)).longestTaskMs);
    }
    // A long task is one above 50 ms; none is 0.
    expect(longestMs).toBe(0);
  });
});
