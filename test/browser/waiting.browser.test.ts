import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { shopTraces } from './cart-traces.ts';
import { cutTexts, forgetMoves, scrollsSideways, seriousViolations, vitalsOf, watchVitals } from './checks.ts';

interface Held {
  /** How often it was asked. */
  readonly asked: () => number;
  readonly release: () => Promise<void>;
}

/** From now on, what matches is not answered. */
async function hold(page: Page, pattern: RegExp): Promise<Held> {
  let asked = 0;
  await page.route(pattern, () => {
    asked += 1;
  });
  return { asked: () => asked, release: () => page.unroute(pattern) };
}

/** What matches is answered from when it is released on. */
async function delay(page: Page, pattern: RegExp): Promise<Pick<Held, 'release'>> {
  const released = new EventTarget();
  await page.route(pattern, async (route) => {
    await new Promise((resolve) => released.addEventListener('release', resolve, { once: true }));
    await route.continue();
  });
  return {
    async release() {
      released.dispatchEvent(new Event('release'));
      await page.unroute(pattern, undefined);
    },
  };
}

describe.skipIf(chromiumPath === undefined)('who waits long', () => {
  const app = useApp();

  beforeAll(async () => {
    await app.store(shopTraces({ startMs: Date.now() - 60_000, count: 5 }));
  });

  const waiting = (page: Page) => page.getByRole('region', { name: 'Waiting for an answer' });

  test('is told for how long, of how long at most, and can cancel, which aborts the request', async () => {
    const page = await app.open('/rollups');
    await watchVitals(page);
    await page.reload();
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    await forgetMoves(page);
    const graph = /\/api\/v1\/graph\?/;
    const held = await hold(page, graph);
    const settings = await delay(page, /\/api\/v1\/settings/);
    const askedMs = performance.now();
    await page.getByRole('link', { name: 'Service map', exact: true }).click();
    const timer = waiting(page).getByRole('timer');
    // Of how long at most is known later, where the answer with the limits takes long as well.
    await timer.getByText(/^\d+ s$/).waitFor();
    expect(performance.now() - askedMs).toBeGreaterThan(1900);
    await settings.release();
    await timer.getByText(/^\d+ s of 30 s at most$/).waitFor();
    await page.getByText('Loading').waitFor();
    const progress = waiting(page).getByRole('progressbar');
    await expect
      .poll(async () => Number(await progress.getAttribute('value')), { timeout: 10_000 })
      .toBeGreaterThanOrEqual(4);
    await shoot(page, 'waiting');
    expect(await seriousViolations(page)).toEqual([]);

    const aborted = page.waitForEvent('requestfailed', (request) => graph.test(request.url()));
    await waiting(page).getByRole('button', { name: 'Cancel' }).click();
    expect((await aborted).failure()?.errorText).toBe('net::ERR_ABORTED');
    await page.getByText('You cancelled this').waitFor();
    expect(await waiting(page).count()).toBe(0);
    await shoot(page, 'waiting-cancelled');
    expect(await vitalsOf(page)).toMatchObject({ shift: 0, moves: [] });

    await held.release();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('[data-node]').first().waitFor();
  });

  test('is told over the answer before, too, and what was cancelled is not asked again by itself', async () => {
    const page = await app.open('/rollups');
    await page.clock.install();
    await page.goto(`${app.origin}/pipeline?from=now-15m&to=now`);
    await page.getByRole('region', { name: 'Partitions' }).waitFor();
    const held = await hold(page, /\/api\/v1\/pipeline\?/);
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('button', { name: 'Last 3 hours' }).click();
    await expect.poll(held.asked).toBeGreaterThan(0);
    await page.clock.runFor(3000);
    await waiting(page).waitFor();
    await page.getByRole('region', { name: 'Partitions' }).waitFor();
    await waiting(page).getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('You cancelled this').waitFor();
    const asked = held.asked();
    // It is looked at anew every 5 s.
    await page.clock.runFor(60_000);
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => resolve()))');
    expect(held.asked()).toBe(asked);
    await held.release();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('region', { name: 'Partitions' }).waitFor();
  });

  test('is not kept waiting by more tries of what took too long', async () => {
    const page = await app.open('/rollups');
    app.tolerate(page, /status of 504/);
    let asked = 0;
    await page.route('**/api/v1/graph?*', (route) => {
      asked += 1;
      const error = { code: 'timeout', message: 'The answer took longer than 30000 ms.', parameter: null };
      return route.fulfill({ status: 504, json: { error } });
    });
    await page.getByRole('link', { name: 'Service map', exact: true }).click();
    await page.getByRole('alert').getByText('Ask for less').waitFor();
    // Of the window, and of the one before.
    expect(asked).toBe(2);
  });

  for (const [theme, lang, label] of [
    ['dark', 'zh-CN', '正在等待结果'],
    ['light', 'en-XA', /Wáítíñg/],
  ] as const) {
    test(`can read it (${theme}, ${lang})`, async () => {
      const page = await app.open('/rollups', { viewport: { width: 400, height: 700 } });
      await hold(page, /\/api\/v1\/search\?/);
      await page.goto(`${app.origin}/search?theme=${theme}&lang=${lang}`);
      await page.getByRole('region', { name: label }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      await shoot(page, `waiting-${theme}-${lang}`);
    });
  }
});
