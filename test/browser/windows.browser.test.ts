import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations } from './checks.ts';
import { shopTraces } from './cart-traces.ts';

describe.skipIf(chromiumPath === undefined)('the comparison of two windows', () => {
  const app = useApp();
  let windows: string;

  beforeAll(async () => {
    const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
    const before = shopTraces({ startMs: nowMs - 40 * 60_000, count: 40 });
    const gone = shopTraces({ startMs: nowMs - 35 * 60_000, count: 20, cartOperation: 'GET /old-cart' });
    const slower = shopTraces({ startMs: nowMs - 20 * 60_000, count: 40, cartMs: 60 });
    const added = shopTraces({ startMs: nowMs - 15 * 60_000, count: 20, cartOperation: 'GET /new-cart' });
    const traces = [...before, ...gone, ...slower, ...added];
    await app.store(traces);
    const iso = (agoMinutes: number) => new Date(nowMs - agoMinutes * 60_000).toISOString();
    windows = new URLSearchParams({ from: iso(22), to: iso(2), baseFrom: iso(42), baseTo: iso(22) }).toString();
  });

  const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

  test('says what was added, what is gone, and what got slower by how much', async () => {
    const page = await app.open(`/compare?${windows}`);
    await rowOf(page, 'GET /new-cart').filter({ hasText: 'added' }).first().waitFor();
    await rowOf(page, 'GET /old-cart').filter({ hasText: 'gone' }).first().waitFor();
    const slower = await rowOf(page, 'cart GET /cart server').textContent();
    // 10 to 16 ms before, 60 to 66 ms now.
    expect(slower).toMatch(/13\.\d ms6\d\.\d ms▲ \+3\d\d %|1\d\.\d ms6\d\.\d ms▲ \+\d\d\d %/);
    await shoot(page, 'windows');
    await page.getByRole('button', { name: /^added 2/ }).click();
    await expect.poll(async () => page.getByRole('rowheader').count()).toBe(2);
    await expectSameInNewProfile(
      app,
      page,
      async (page) => {
        await expect.poll(async () => page.getByRole('rowheader').count()).toBe(2);
      },
      withoutTimes,
    );
  });

  test('is the same in a new profile, whatever it is compared with', async () => {
    const { from = '', to = '' } = Object.fromEntries(new URLSearchParams(windows));
    const page = await app.open(`/compare?${new URLSearchParams({ from, to }).toString()}`);
    const compared = async (page: Page) =>
      page
        .getByRole('rowheader')
        .first()
        .or(page.getByText(/^Nothing/))
        .first()
        .waitFor();
    await compared(page);
    const changes: readonly (() => Promise<unknown>)[] = [
      () => page.getByLabel('Compared with').selectOption('day'),
      () => page.getByLabel('Compared with').selectOption('custom'),
      () => page.getByLabel('Compared with').selectOption('previous'),
      () => page.getByRole('button', { name: 'Swap' }).click(),
      () => page.getByLabel('First').selectOption('errors'),
    ];
    for (const change of changes) {
      const before = page.url();
      await change();
      await page.waitForURL((url) => url.href !== before);
      await expectSameInNewProfile(app, page, compared, withoutTimes);
    }
  });

  test('copies a link that fixes both windows', async () => {
    const page = await app.open('/compare?from=now-22m&to=now-2m&baseFrom=now-42m&baseTo=now-22m', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page
      .getByRole('button', { name: /^Time range/ })
      .last()
      .click();
    await page.getByRole('button', { name: 'Copy fixed link' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const link = new URL(await page.evaluate<string>('navigator.clipboard.readText()'));
    const ends = Object.fromEntries([...link.searchParams].map(([name, end]) => [name, Date.parse(end)]));
    const { from = 0, to = 0, baseFrom = 0, baseTo = 0 } = ends;
    expect([to - from, from - baseTo, baseTo - baseFrom]).toEqual([20 * 60_000, 0, 20 * 60_000]);
  });

  test('swaps the two, and what was added is gone', async () => {
    const page = await app.open(`/compare?${windows}`);
    await rowOf(page, 'GET /new-cart').filter({ hasText: 'added' }).first().waitFor();
    await page.getByRole('button', { name: 'Swap' }).click();
    await rowOf(page, 'GET /new-cart').filter({ hasText: 'gone' }).first().waitFor();
    expect(await rowOf(page, 'cart GET /cart server').textContent()).toContain('−');
    await page.goBack();
    await rowOf(page, 'GET /new-cart').filter({ hasText: 'added' }).first().waitFor();
  });

  test('compares calls as well, and leads to a call', async () => {
    const page = await app.open(`/compare?of=edges&service=cart&${windows}`);
    const row = rowOf(page, 'frontend → cart');
    await row.waitFor();
    expect(await row.textContent()).toContain('▲');
    expect(await rowOf(page, 'payment').count()).toBe(0);
    await page.getByLabel('First').selectOption('calls');
    expect(new URL(page.url()).searchParams.get('by')).toBe('calls');
    await row.getByRole('link').click();
    await page.getByRole('application', { name: 'Heatmap of durations' }).waitFor();
    expect(new URL(page.url()).searchParams.get('server')).toBe('cart');
  });

  test('is reached from the map and from the operations, with a baseline that moves with the clock', async () => {
    const page = await app.open('/map?from=now-22m&to=now');
    await page.locator('[data-node]').first().waitFor();
    await page.getByRole('link', { name: 'What changed?' }).click();
    await rowOf(page, 'frontend → cart').waitFor();
    expect(new URL(page.url()).searchParams.get('from')).toBe('now-22m');
    await page.goto(`${app.origin}/operations?service=cart&from=now-22m&to=now`);
    await page.getByRole('link', { name: 'What changed?' }).click();
    await rowOf(page, 'GET /new-cart').filter({ hasText: 'added' }).first().waitFor();
    await page.getByLabel('Compared with').selectOption('custom');
    await expect.poll(() => new URL(page.url()).searchParams.get('baseFrom')).toBe('now-44m');
  });

  for (const [theme, lang] of [
    ['light', 'en'],
    ['dark', 'en'],
    ['dark', 'zh-CN'],
    ['light', 'zh-CN'],
    ['dark', 'en-XA'],
  ]) {
    test(`can be read and used by all (${theme}, ${lang})`, async () => {
      const page = await app.open(`/compare?theme=${theme}&lang=${lang}&${windows}`);
      await page.getByRole('rowheader').first().waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      await shoot(page, `windows-${theme}-${lang}`);
    });
  }
});

/** `completeTo` goes on while a page is open. */
function withoutTimes(tree: string): string {
  return tree.replaceAll(/\d\d:\d\d:\d\d/g, 'time');
}
