import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { useApp } from './app.ts';
import { chromiumPath } from './browser.ts';
import { loneTrace, shopTraces } from './cart-traces.ts';
import { cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations } from './checks.ts';
import { type PrefixProxy, startPrefixProxy } from './prefix-proxy.ts';

describe.skipIf(chromiumPath === undefined)('what is around every page', () => {
  const app = useApp();

  for (const theme of ['light', 'dark']) {
    for (const lang of ['en', 'zh-CN', 'en-XA']) {
      test(`can be read and used by all (${theme}, ${lang})`, async () => {
        const page = await app.open(`/search?theme=${theme}&lang=${lang}`);
        await page.getByRole('heading').first().waitFor();
        expect(await seriousViolations(page)).toEqual([]);
        expect(await cutTexts(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
      });
    }
  }

  test('is the same in a new profile: theme and language are in the URL', async () => {
    const page = await app.open('/search');
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitemradio', { name: '简体中文' }).click();
    await page.getByRole('link', { name: '搜索', exact: true }).waitFor();
    await expectSameInNewProfile(app, page, async (page) => page.getByRole('heading').first().waitFor());
  });

  test('is the same in a new profile where only this browser remembers theme and language', async () => {
    const page = await app.open('/pipeline', {
      colorScheme: 'light',
      locale: 'en-US',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const look = (page: Page) => page.evaluate<string>('document.documentElement.dataset.theme');
    await page.getByRole('link', { name: 'Rollups' }).click();
    await page.waitForURL(/\/rollups/);
    await page.getByRole('button', { name: 'Theme' }).click();
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitemradio', { name: '简体中文' }).click();
    await page.getByRole('link', { name: '服务拓扑' }).waitFor();
    const says = (url: URL) => url.searchParams.get('lang') === 'zh-CN' && url.searchParams.get('theme') === 'dark';
    await page.waitForURL(says);
    // It was chosen behind this one, and is remembered here.
    await page.goBack();
    await page.waitForURL((url) => url.pathname === '/pipeline' && says(url));
    await page.goto(`${app.origin}/search?from=now-15m`);
    await page.waitForURL(says);
    await expectSameInNewProfile(app, page, async (page) => {
      await page.getByRole('heading', { name: '搜索链路' }).waitFor();
      await expect.poll(() => look(page)).toBe('dark');
    });
    await page.keyboard.press('y');
    await expect.poll(() => page.evaluate<string>('navigator.clipboard.readText()')).toBe(page.url());
    // What every browser shows by itself needs no word.
    await page.getByRole('button', { name: '主题' }).click();
    await page.getByRole('button', { name: '语言' }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await page.getByRole('link', { name: 'Service map' }).waitFor();
    await page.goto(`${app.origin}/rollups`);
    await page.getByRole('link', { name: 'Service map' }).waitFor();
    expect(await look(page)).toBe('light');
    expect(page.url()).toBe(`${app.origin}/rollups`);
  });

  test('opens a pasted trace id, also one with spaces around, and any page, from the palette', async () => {
    const page = await app.open('/pipeline');
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    await page.getByRole('heading').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type(` ${id} `);
    await page.getByRole('option', { name: `Open trace ${id}` }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    // The page of a trace is not what is asked here, and there is no such trace.
    app.tolerate(page, /net::ERR_FAILED/);
    await page.route(`**/api/v1/traces/**`, async (route) => route.abort());
    await page.keyboard.press('Enter');
    await page.waitForURL(`${app.origin}/trace/${id}`);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Service m');
    await page.getByRole('option', { name: 'Service map' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/map/);
  });

  test('says which keys there are, and is silent while somebody types', async () => {
    const page = await app.open('/rollups');
    await page.getByRole('heading').first().waitFor();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard' });
    await help.getByText('Copy link').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    // That closed what lay above: it did not go back as well.
    expect(page.url()).toBe(`${app.origin}/rollups`);
    await page.keyboard.press('/');
    await page.waitForURL(/\/search/);
    const query = page.getByRole('combobox', { name: 'Query' });
    await expect.poll(() => page.evaluate<string>('document.activeElement?.getAttribute("role")')).toBe('combobox');
    await page.keyboard.type('y?j/');
    expect(await query.inputValue()).toBe('y?j/');
    expect(await help.count()).toBe(0);
  });

  test('loads at most 250 KB of JavaScript at first, and each page by itself', async () => {
    const page = await app.open('/search');
    await page.getByRole('heading').first().waitFor();
    const loaded = await page.evaluate<[string, number][]>(
      'performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js")).map(({ name, encodedBodySize }) => [name, encodedBodySize])',
    );
    const bytes = loaded.reduce((sum, [, size]) => sum + size, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(250_000);
    const before = new Set(loaded.map(([name]) => name));
    const another = page.waitForResponse((response) => response.url().endsWith('.js') && !before.has(response.url()));
    await page.getByRole('link', { name: 'Rollups' }).click();
    await another;
  });

  test('asks for its font with the page, and once: no text moves when it comes', async () => {
    const page = await app.open('/search');
    await page.getByRole('heading').first().waitFor();
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    const asked = await page.evaluate<string[]>(
      'performance.getEntriesByType("resource").filter(({ name }) => name.includes("inter-latin-wght")).map(({ initiatorType }) => initiatorType)',
    );
    expect(asked).toEqual(['link']);
  });

  test('lets nothing but its own files run', async () => {
    const page = await app.open('/search');
    const policy = (await page.reload())?.headers()['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  describe('below a path of a proxy that takes the path away', () => {
    let proxy: PrefixProxy;
    const known = shopTraces({ startMs: Date.now() - 60_000, count: 3 });

    beforeAll(async () => {
      await app.store(known);
    });
    beforeEach(async () => {
      proxy = await startPrefixProxy(app.origin, '/a/b');
      // When the page is closed, too.
      onTestFinished(() => proxy.stop());
    });

    test('pages open, lead to each other, and can be loaded again', async () => {
      const page = await app.open(`${proxy.origin}/a/b/`);
      await page.getByRole('heading').first().waitFor();
      for (const path of ['/a/b/search', '/a/b/operations?service=cart']) {
        await page.goto(proxy.origin + path);
        await page.getByRole('heading').first().waitFor();
      }
      await page.getByRole('link', { name: 'Search', exact: true }).click();
      await page.waitForURL(`${proxy.origin}/a/b/search`);
      await page.reload();
      await page.getByRole('combobox', { name: 'Query' }).waitFor();
      expect(proxy.outside).toEqual([]);
    });

    test('the map is laid out by its worker', async () => {
      const page = await app.open(`${proxy.origin}/a/b/search`);
      const worker = page.waitForEvent('worker');
      await page.getByRole('link', { name: 'Service map' }).first().click();
      expect((await worker).url()).toContain(`${proxy.origin}/a/b/assets/`);
      await page.getByRole('button', { name: /^cart, service/ }).waitFor();
      expect(proxy.outside).toEqual([]);
    });

    test('new traces are announced', async () => {
      const page = await app.open(`${proxy.origin}/a/b/search`);
      await page.locator('a[data-row]').first().waitFor();
      const newcomer = loneTrace(Date.now() - 100);
      await app.send(newcomer.spans);
      await page.getByRole('button', { name: '1 new' }).click();
      await page.locator(`a[data-row][href*="${newcomer.traceId}"]`).waitFor();
      expect(proxy.outside).toEqual([]);
    });

    test('the palette opens a trace, which is drawn and kept', async () => {
      const { traceId } = known[0] ?? { traceId: '' };
      const page = await app.open(`${proxy.origin}/a/b/pipeline`);
      await page.getByRole('heading').first().waitFor();
      await page.keyboard.press('Control+k');
      await page.keyboard.type(traceId);
      await page.getByRole('option', { name: `Open trace ${traceId}` }).waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(`${proxy.origin}/a/b/trace/${traceId}`);
      await page.getByRole('row', { name: /SELECT items/ }).waitFor();
      await page.getByRole('button', { name: 'Keep' }).click();
      await page.getByText('Kept', { exact: true }).waitFor();
      await page.reload();
      await page.getByText('Kept', { exact: true }).waitFor();
      expect(proxy.outside).toEqual([]);
    });
  });
});
