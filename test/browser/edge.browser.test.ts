import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { boxOf, cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations } from './checks.ts';
import { shopTraces, type ShopTrace } from './cart-traces.ts';

describe.skipIf(chromiumPath === undefined)('the pages of operations and calls', () => {
  const app = useApp();
  let traces: readonly ShopTrace[];

  beforeAll(async () => {
    const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 300_000;
    traces = shopTraces({ startMs, count: 60, cartMs: 12 });
    // Three hours and some minutes ago, of another operation.
    const old = shopTraces({ startMs: startMs - 185 * 60_000, count: 3, cartOperation: 'GET /old' });
    await app.store([...traces, ...old]);
  });

  const picture = async (page: Page) => heatmapOf(page).screenshot();
  const heatmapOf = (page: Page) => page.getByRole('application', { name: 'Heatmap of durations' });

  test('lists the operations and calls of a service, sorted over the whole window', async () => {
    const page = await app.open('/operations?service=frontend');
    const operations = page.getByRole('region', { name: 'Operations' });
    const calls = page.getByRole('region', { name: 'Calls' });
    await calls.getByRole('link', { name: /outside.*frontend/ }).waitFor();
    expect(await calls.getByRole('link').count()).toBe(3);
    await operations.getByRole('button', { name: 'Errors' }).click();
    await expect.poll(async () => operations.getByRole('row').nth(1).textContent()).toMatch(/^(GET \/|POST \/charges)/);
    await operations.getByRole('button', { name: 'p99' }).click();
    await expect.poll(async () => operations.getByRole('row').nth(1).textContent()).toMatch(/^GET \/server/);
    await shoot(page, 'operations');
    await expectSameInNewProfile(
      app,
      page,
      async (page) => page.getByRole('region', { name: 'Calls' }).waitFor(),
      withoutTimes,
    );
    await page.getByLabel('Service').selectOption('cart');
    await page.getByRole('heading', { name: 'Operations of cart' }).waitFor();
    await operations.getByRole('link', { name: 'GET /cart' }).click();
    await heatmapOf(page).waitFor();
    expect(new URL(page.url()).searchParams.get('operation')).toBe('GET /cart');
  });

  test('opens the traces of a cell by keyboard, and one of them', async () => {
    const page = await app.open('/operation?service=cart&operation=GET%20%2Fcart&from=now-15m&to=now');
    await heatmapOf(page).focus();
    await page.getByText(/^\d+ calls from .* ms to .* ms/).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Traces of this cell' }).waitFor();
    const links = page.getByRole('listitem').getByRole('link');
    await links.first().waitFor();
    const { minMs, maxMs, cell } = Object.fromEntries(new URL(page.url()).searchParams);
    expect(Date.parse(cell ?? '')).not.toBeNaN();
    for (const item of await page.getByRole('listitem').all()) {
      const text = await item.locator('span').first().textContent();
      const durationMs = Number(/([\d.]+) ms/.exec(text ?? '')?.[1]);
      expect(durationMs).toBeGreaterThanOrEqual(Number(minMs) * 0.99);
      expect(durationMs).toBeLessThanOrEqual(Number(maxMs) * 1.01);
    }
    await shoot(page, 'operation');
    // Where the cursor is belongs to the keyboard, not to the page.
    await links.first().focus();
    await page.getByText(/^Click a cell/).waitFor();
    await expectSameInNewProfile(
      app,
      page,
      async (page) => page.getByRole('listitem').getByRole('link').first().waitFor(),
      withoutTimes,
    );
    await links.first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/trace\//);
    expect(traces.map(({ traceId }) => traceId)).toContain(new URL(page.url()).pathname.split('/').at(-1));
  });

  test('opens the traces of a cell of a call by a click', async () => {
    const page = await app.open('/edge?client=frontend&server=payment&kind=rpc&from=now-15m&to=now');
    const heatmap = heatmapOf(page);
    // Where the keyboard begins there are calls; the pointer goes to the same cell.
    await heatmap.focus();
    const said = await page.getByText(/^\d+ calls from/).textContent();
    const found = await findCell(page, await boxOf(heatmap), said ?? '');
    await page.mouse.click(found.x, found.y);
    const item = page.getByRole('listitem').filter({ hasText: 'POST /charges' }).first();
    await item.waitFor();
    expect(await item.textContent()).toContain('payment');
  });

  test('shows of calls to a database the slowest of a step, or the spans that called it', async () => {
    const page = await app.open('/edge?client=cart&server=postgresql%2Fcarts&kind=database&from=now-15m&to=now');
    await heatmapOf(page).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('listitem').filter({ hasText: 'SELECT items' }).first().waitFor();
    await page.getByLabel('As seen by').selectOption('server');
    await page.getByText('No calls in this window').or(heatmapOf(page)).first().waitFor();
  });

  test('draws the percentiles that were chosen, and says them in a table', async () => {
    const page = await app.open('/operation?service=cart&operation=GET%20%2Fcart&from=now-15m&to=now');
    await page.getByRole('button', { name: 'p90', exact: true }).click();
    await page.getByRole('button', { name: 'p99', exact: true }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('quantiles')).toBe('0.5,0.9,0.95');
    await page.getByRole('img', { name: /^Durations: p50 .* p90 .* p95/ }).waitFor();
    await page.getByText('As a table').click();
    const table = page.getByRole('region', { name: 'As a table' });
    await table.getByRole('columnheader', { name: 'p90' }).waitFor();
    expect(await table.getByRole('columnheader', { name: 'p99' }).count()).toBe(0);
    expect(await table.getByRole('row').nth(1).textContent()).toMatch(/\d+ ms/);
  });

  for (const path of [
    '/operation?service=cart&operation=GET%20%2Fcart',
    '/edge?client=frontend&server=cart&kind=rpc',
  ]) {
    test(`keeps the table in the URL of ${path.split('?')[0]}, and Back closes it`, async () => {
      const page = await app.open(`${path}&from=now-15m&to=now`);
      const table = page.getByRole('region', { name: 'As a table' });
      await page.getByText('As a table').click();
      await page.waitForURL((url) => url.searchParams.get('table') === 'true');
      await expectSameInNewProfile(app, page, async () => table.waitFor(), withoutTimes);
      await page.goBack();
      await table.waitFor({ state: 'hidden' });
      await page.goForward();
      await table.waitFor();
      await page.getByText('As a table').first().click();
      await page.waitForURL((url) => !url.searchParams.has('table'));
    });
  }

  test('hatches what may still grow', async () => {
    let completeTo = '';
    const page = await app.open('/rollups');
    await page.route(/\/api\/v1\/(heatmap|series)\?/, async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { from: string; to: string };
      await route.fulfill({ json: { ...body, completeTo: completeTo === 'all' ? body.to : body.from } });
    });
    const sizes: number[] = [];
    for (completeTo of ['all', 'none']) {
      await page.goto(`${app.origin}/operation?service=cart&operation=GET%20%2Fcart&from=now-15m&to=now`);
      await heatmapOf(page).waitFor();
      // Nothing changes any more: the picture is the same twice.
      await expect.poll(async () => (await picture(page)).equals(await picture(page))).toBe(true);
      sizes.push((await picture(page)).length);
    }
    // Lines across the picture make it larger as a file; the cells stay, hatched is not hidden.
    expect(sizes[1]).toBeGreaterThan((sizes[0] ?? 0) * 1.2);
  });

  test('hatches of its lines what is later than figures are complete to, and nothing before', async () => {
    const to = new Date(Math.ceil(Date.now() / 60_000) * 60_000);
    const from = new Date(to.getTime() - 16 * 60_000);
    const window = `from=${from.toISOString()}&to=${to.toISOString()}`;
    let completeTo = to;
    const page = await app.open('/rollups');
    await page.route(/\/api\/v1\/(heatmap|series)\?/, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...((await answer.json()) as object), completeTo: completeTo.toISOString() } });
    });
    const charts = page.getByRole('img', { name: /^(Durations|Calls per second|Error rate):/ });
    const drawn = async () => {
      await page.goto(`${app.origin}/operation?service=cart&operation=GET%20%2Fcart&${window}`);
      await heatmapOf(page).waitFor();
      await page.evaluate('document.fonts.ready');
      const read = async () =>
        page.evaluate<string[]>(`[...document.querySelectorAll('.u-wrap canvas')].map((each) => each.toDataURL())`);
      await expect.poll(async () => JSON.stringify(await read()) === JSON.stringify(await read())).toBe(true);
      return read();
    };
    const whole = await drawn();
    expect(await charts.count()).toBe(3);
    completeTo = new Date(from.getTime() + 8 * 60_000);
    const half = await drawn();
    await shoot(page, 'operation-hatched');
    // Of the pixels of each half of the plot the part that is another.
    const changed = await page.evaluate<{ readonly before: number; readonly after: number }[]>(`(async () => {
      const pixels = async (url) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
      };
      return Promise.all(${JSON.stringify(whole.map((each, at) => [each, half[at]]))}.map(async (pair, at) => {
        const [one, other] = await Promise.all(pair.map(pixels));
        const plot = document.querySelectorAll('.u-over')[at];
        const scale = one.width / document.querySelectorAll('.u-wrap canvas')[at].clientWidth;
        const middle = (plot.offsetLeft + plot.offsetWidth / 2) * scale;
        const counts = { before: 0, after: 0 };
        for (let at = 0; at < one.data.length; at += 4) {
          const x = (at / 4) % one.width;
          const same = [0, 1, 2, 3].every((part) => one.data[at + part] === other.data[at + part]);
          if (!same) counts[x < middle - 1 ? 'before' : 'after'] += 1;
        }
        const area = plot.offsetWidth * plot.offsetHeight * scale * scale / 2;
        return { before: counts.before / area, after: counts.after / area };
      }));
    })()`);
    expect(changed).toHaveLength(3);
    for (const { before, after } of changed) {
      expect(before).toBe(0);
      expect(after).toBeGreaterThan(0.05);
    }
  });

  test('leads out of an empty window to where the last span of the operation is', async () => {
    const old = 'service=cart&operation=GET%20%2Fold';
    const page = await app.open(`/operation?${old}&from=now-1h&to=now&quantiles=0.9`);
    await page.getByText('No calls in this window').waitFor();
    await page.getByText(/^The last span came 3 hr\. ago\./).waitFor();
    await shoot(page, 'operation-empty');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Go there' }).click();
    await heatmapOf(page).waitFor();
    expect(new URL(page.url()).searchParams.get('quantiles')).toBe('0.9');
    // In a window before, too.
    await page.goto(`${app.origin}/operation?${old}&from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z&lang=zh-CN`);
    await page.getByText(/^最后一个 Span 到达于3小时前。/).waitFor();
    await page.getByRole('link', { name: '前往该时间' }).click();
    await page.getByRole('application').waitFor();
  });

  for (const [name, path] of [
    ['operations', '/operations?service=cart'],
    ['a call', '/edge?client=frontend&server=cart&kind=rpc'],
  ] as const) {
    test(`leads out of an empty window of ${name} to where the last span is`, async () => {
      const page = await app.open(`${path}&from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z`);
      await page.getByText(/^The last span came \d+ min\. ago\./).waitFor();
      await page.getByRole('link', { name: 'Go there' }).click();
      await page.getByRole('table').or(heatmapOf(page)).first().waitFor();
    });
  }

  test('helps where nothing is, or nothing is named', async () => {
    const page = await app.open('/operation');
    await page.getByText('No operation is named').waitFor();
    await page.goto(`${app.origin}/edge`);
    await page.getByText('No call is named').waitFor();
    await page.goto(`${app.origin}/operation?service=nobody&operation=nothing`);
    await page.getByText('No calls in this window').waitFor();
  });

  for (const [theme, lang] of [
    ['light', 'zh-CN'],
    ['dark', 'en'],
    ['light', 'en-XA'],
  ]) {
    test(`can be read and used by all (${theme}, ${lang})`, async () => {
      for (const path of [
        '/operations?service=frontend&',
        '/edge?client=frontend&server=cart&kind=rpc&from=now-15m&to=now&',
      ]) {
        const page = await app.open(`${path}theme=${theme}&lang=${lang}`);
        await page.getByRole('table').or(page.getByRole('application')).first().waitFor();
        expect(await seriousViolations(page)).toEqual([]);
        expect(await cutTexts(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await shoot(page, `${path.slice(1, 5)}-${theme}-${lang}`);
      }
    });
  }
});

/** Moves the pointer over the heatmap until it says what the keyboard said. */
async function findCell(
  page: Page,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  said: string,
): Promise<{ readonly x: number; readonly y: number }> {
  // A column is a minute of the 15 or 16 in the window.
  for (let x = box.x + box.width - 8; x > box.x + 64; x -= (box.width - 64) / 16) {
    for (let y = box.y + 10; y < box.y + box.height - 26; y += 12) {
      await page.mouse.move(x, y);
      if (await page.getByText(said, { exact: true }).isVisible()) return { x, y };
    }
  }
  throw new Error(`No cell says ${said}.`);
}

/** `completeTo` goes on while a page is open. */
function withoutTimes(tree: string): string {
  return tree.replaceAll(/\d\d:\d\d:\d\d/g, 'time');
}
