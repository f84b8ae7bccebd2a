import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { useApp } from './app.ts';
import { bigGraph, type GraphBody, queueGraph, withoutSome } from './big-graph.ts';
import { chromiumPath, shoot } from './browser.ts';
import { cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations, treeOf } from './checks.ts';
import { loneTrace, shopTraces } from './cart-traces.ts';

/** For `evaluate`, which runs in the page: this side knows no `document`. */
const places = `Object.fromEntries([...document.querySelectorAll('[data-node]')]
  .map((node) => [node.dataset.node, node.getAttribute('transform').match(/-?[\\d.]+/g).map(Number)]))`;
const transform = `document.querySelector('svg[data-layout-ms] > g').getAttribute('transform')`;
const overlaps = `(() => {
  const boxes = [...document.querySelectorAll('[data-node] text, [data-label] rect')]
    .map((each) => ({ box: each.getBoundingClientRect(), text: each.parentNode.textContent, of: each.parentNode }))
    .filter(({ box }) => box.width > 0);
  return boxes.flatMap((a, at) => boxes.slice(at + 1)
    .filter((b) => a.of !== b.of && a.box.left < b.box.right - 1 && b.box.left < a.box.right - 1
      && a.box.top < b.box.bottom - 1 && b.box.top < a.box.bottom - 1)
    .map((b) => a.text + ' and ' + b.text));
})()`;
/** The outlines of each node: commands of its paths, or what a box is like. */
const outlines = `Object.fromEntries([...document.querySelectorAll('[data-node]')].map((node) => [
  node.dataset.node,
  [...node.querySelectorAll('path[d*="M"], rect[rx]')]
    .filter((shape) => shape.getBBox().width > 100)
    .map((shape) => shape.tagName === 'path' ? shape.getAttribute('d').replace(/[^A-Z]/g, '')
      : Number(shape.getAttribute('rx')) > 20 ? 'round box' : 'box'),
]))`;
const tooWide = `[...document.querySelectorAll('[data-node]')].filter((node) => {
  const box = node.querySelector('path, rect').getBoundingClientRect();
  return [...node.querySelectorAll('text')].some((text) => text.getBoundingClientRect().right > box.right);
}).map((node) => node.textContent)`;

type Places = Readonly<Record<string, readonly [number, number]>>;

describe.skipIf(chromiumPath === undefined)('the service map', () => {
  const app = useApp();

  beforeAll(async () => {
    const traces = [...shopTraces({ startMs: Date.now() - 120_000, count: 40 }), loneTrace(Date.now() - 60_000)];
    await app.store(traces);
  });

  async function open(path: string, graph?: () => GraphBody): Promise<Page> {
    const page = await app.open('/rollups');
    if (graph !== undefined) {
      await page.route('**/api/v1/graph?*', async (route) => route.fulfill({ json: graph() }));
    }
    await page.goto(app.origin + path);
    return page;
  }

  async function drawn(page: Page): Promise<void> {
    await page.locator('[data-node]').first().waitFor();
  }

  test('leads from an edge over its figures to an exemplar in two clicks', async () => {
    const page = await open('/map');
    const edge = page.getByRole('button', { name: /^frontend to payment, call: 40 calls, 8 failed/ });
    await edge.waitFor();
    await shoot(page, 'map');
    // On its line: the middle of its box may be another edge.
    const at = await page.evaluate<{ x: number; y: number }>(`(() => {
      const line = document.querySelector('[data-edge*="payment"] path:last-child');
      const point = line.getPointAtLength(line.getTotalLength() * 0.8).matrixTransform(line.getScreenCTM());
      return { x: point.x, y: point.y };
    })()`);
    await page.mouse.click(at.x, at.y);
    const details = page.getByRole('complementary');
    await details.getByRole('heading', { name: 'frontend → payment' }).waitFor();
    expect(await details.getByRole('row', { name: /^Errors/ }).textContent()).toContain('8 · 20.0 %');
    await shoot(page, 'map-edge');
    await details.getByRole('link', { name: /ms$/ }).click();
    expect(new URL(page.url()).pathname).toMatch(/^\/trace\/[0-9a-f]{32}$/);
  });

  test('shows stores in their shape on the right, and services without calls', async () => {
    const page = await open('/map');
    await drawn(page);
    const all = await page.evaluate<Places>(places);
    const x = (name: string) => Object.entries(all).find(([key]) => key.includes(name))?.[1][0] ?? Number.NaN;
    expect(Object.keys(all)).toHaveLength(6);
    expect(x('outside')).toBeLessThan(x('frontend'));
    expect(x('frontend')).toBeLessThan(x('cart'));
    expect(x('carts')).toBe(Math.max(...Object.values(all).map(([x]) => x)));
    expect(x('cron')).not.toBeNaN();
    await page.getByRole('button', { name: /^postgresql\/carts, database: 40 calls/ }).waitFor();
    expect(await page.evaluate(overlaps)).toEqual([]);
  });

  test('shows queues on the right beside the stores, each kind in its own outline', async () => {
    const page = await open('/map', queueGraph);
    await drawn(page);
    const all = await page.evaluate<Places>(places);
    const x = (name: string) => all[`//${name}`]?.[0] ?? Number.NaN;
    const rightmost = Math.max(...Object.values(all).map(([x]) => x));
    expect(all['(outside)']?.[0]).toBe(Math.min(...Object.values(all).map(([x]) => x)));
    expect([x('orders'), x('bills')]).toEqual([rightmost, rightmost]);
    expect(x('shop')).toBeLessThan(x('billing'));
    expect(x('billing')).toBeLessThan(rightmost);
    expect(await page.evaluate(outlines)).toEqual({
      '(outside)': ['round box'],
      '//shop': ['box'],
      '//billing': ['box'],
      // A hexagon, and a drum with its lid.
      '//orders': ['MLHLLHZ'],
      '//bills': ['MAVAZ', 'MA'],
    });
    // From the queue back to who takes from it.
    const line = await page.evaluate<{ from: number; to: number }>(`(() => {
      const line = document.querySelector('[data-edge="//orders>//billing>messaging"] path:last-child');
      return { from: line.getPointAtLength(0).x, to: line.getPointAtLength(line.getTotalLength()).x };
    })()`);
    expect(line.from).toBeGreaterThan(line.to);
    expect(line.to).toBeGreaterThan(x('billing'));
    expect(await page.evaluate(overlaps)).toEqual([]);
    await shoot(page, 'map-queues');
  });

  test('is walked, opened and zoomed without a pointer', async () => {
    const page = await open('/map');
    await drawn(page);
    await page.getByRole('button', { name: /^frontend, service/ }).focus();
    await page.keyboard.press('ArrowRight');
    const reached = page.locator('[data-node] :focus');
    expect(await reached.getAttribute('aria-label')).toMatch(/^(cart|payment), service/);
    await page.keyboard.press('ArrowLeft');
    expect(await reached.getAttribute('aria-label')).toMatch(/^frontend, service/);
    await page.keyboard.press('Enter');
    await page.getByRole('complementary').getByRole('heading', { name: 'frontend' }).waitFor();
    const before = await page.evaluate<string>(transform);
    await page.keyboard.press('+');
    await expect.poll(async () => page.evaluate<string>(transform)).not.toBe(before);
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
  });

  test('can be narrowed to what is near a node, and its URL says so', async () => {
    const page = await open('/map');
    await drawn(page);
    await page.getByRole('button', { name: /^cart, service/ }).click();
    await page.getByRole('button', { name: 'Only what is near' }).click();
    await expect.poll(async () => page.locator('[data-node]').count()).toBe(3);
    await page.getByLabel('Calls away').selectOption('2');
    await expect.poll(async () => page.locator('[data-node]').count()).toBe(5);
    await page.getByLabel('Colour by').selectOption('duration');
    await page.getByLabel('Compared with').selectOption('day');
    expect(new URL(page.url()).search).toContain('hops=2');
    await expectSameInNewProfile(
      app,
      page,
      async (page) => {
        await expect.poll(async () => page.locator('[data-node]').count()).toBe(5);
      },
      withoutTimes,
    );
  });

  test('is the same data as a table that every head sorts', async () => {
    const page = await open('/map?view=table');
    const table = page.getByRole('region', { name: 'Calls' });
    await table.getByRole('columnheader', { name: 'Errors' }).first().getByRole('button').click();
    await expect.poll(async () => table.getByRole('row').nth(1).textContent()).toMatch(/outside|payment/);
    await table.getByRole('columnheader', { name: 'From' }).getByRole('button').click();
    await expect.poll(async () => table.getByRole('row').nth(1).textContent()).toContain('cart → postgresql/carts');
    await table.getByRole('button', { name: 'frontend → payment' }).click();
    await page.getByRole('complementary').getByRole('heading', { name: 'frontend → payment' }).waitFor();
    await expectSameInNewProfile(
      app,
      page,
      async (page) => page.getByRole('complementary').getByRole('row').first().waitFor(),
      withoutTimes,
    );
  });

  test('folds 300 services, and shows them all when asked', async () => {
    const page = await open('/map', () => bigGraph(300, 1000));
    await drawn(page);
    expect(await page.locator('[data-node]').count()).toBeLessThanOrEqual(60);
    await page.getByRole('button', { name: /^20 hosts, hosts/ }).waitFor();
    expect(await page.evaluate(overlaps)).toEqual([]);
    await shoot(page, 'map-folded');
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(async () => page.locator('[data-node]').count(), { timeout: 15_000 }).toBe(301);
    expect(await page.locator('[data-edge]').count()).toBe(1000);
    expect(await page.evaluate(overlaps)).toEqual([]);
    expect(await page.evaluate(tooWide)).toEqual([]);
    await shoot(page, 'map-300');
  });

  test('is the same in a new profile: a group that was unfolded, and a baseline', async () => {
    const graph = () => bigGraph(300, 1000);
    const page = await open('/map', graph);
    await drawn(page);
    await page.getByLabel('Compared with').selectOption('week');
    await page.getByRole('button', { name: /^20 hosts, hosts/ }).press('Enter');
    await page.getByRole('button', { name: 'Show its members' }).click();
    await page.waitForURL(/unfold=/);
    const other = await open(page.url().slice(app.origin.length), graph);
    await page
      .getByRole('button', { name: /^external-\d+\.internal/ })
      .first()
      .waitFor();
    await expect.poll(async () => treeOf(other), { timeout: 15_000 }).toBe(await treeOf(page));
  });

  test('can be read from afar: names keep their size, none covers another, and coming closer shows more', async () => {
    const page = await open('/map?unfold=all', () => bigGraph(300, 1000));
    await expect.poll(async () => page.locator('[data-edge]').count(), { timeout: 15_000 }).toBe(1000);
    const labels = page.locator('[data-label]');
    await expect.poll(() => labels.count()).toBeGreaterThan(50);
    const counts: number[] = [];
    for (let zoom = 0; zoom < 5; zoom++) {
      const sizes = await page.evaluate<number[]>(
        `[...document.querySelectorAll('[data-label] text')].map((text) => text.getBoundingClientRect().height)`,
      );
      // Of 12 px, with what is above and below the letters.
      expect(Math.min(...sizes)).toBeGreaterThan(11);
      expect(await page.evaluate(overlaps)).toEqual([]);
      counts.push(sizes.length);
      await shoot(page, `map-300-${zoom}`);
      const before = await page.evaluate<string>(transform);
      for (let press = 0; press < 2; press++) await page.keyboard.press('+');
      await expect.poll(() => page.evaluate<string>(transform)).not.toBe(before);
      await expect.poll(() => labels.count()).not.toBe(counts.at(-1));
    }
    console.log('labels by zoom:', counts);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    await page.keyboard.press('0');
    await expect.poll(() => labels.count()).toBe(counts[0]);
    // A name is a way to its node.
    await labels.first().click();
    await page.getByRole('complementary').getByRole('heading').first().waitFor();
  });

  test('gives the same data the same coordinates, and moves nothing far when the window moves', async () => {
    const whole = bigGraph(50, 90);
    let graph = whole;
    const page = await open('/map?from=now-1h&to=now', () => graph);
    await drawn(page);
    const first = await page.evaluate<Places>(places);
    await page.reload();
    await drawn(page);
    expect(await page.evaluate<Places>(places)).toEqual(first);

    graph = withoutSome(whole, 9);
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('button', { name: 'Last 3 hours' }).click();
    await expect.poll(async () => page.locator('[data-node]').count()).toBe(graph.nodes.length + 1);
    expect(farthest(first, await page.evaluate<Places>(places))).toBeLessThanOrEqual(40);
  });

  test('says what is wrong, and that nothing happened', async () => {
    const page = await open('/map?from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z');
    await page.getByText('No calls in this window').waitFor();
    await page.getByText(/^The last span came \d+ min\. ago\./).waitFor();
    await shoot(page, 'map-empty');
    await page.getByRole('link', { name: 'Go there' }).click();
    await drawn(page);
    expect(new URL(page.url()).searchParams.get('from')).not.toContain('2026-01-01');
    // Of an environment that sends nothing there is no last span, whatever others send.
    const looked = page.waitForResponse(/\/api\/v1\/traces\?.*environment=nowhere/);
    await page.goto(`${app.origin}/map?environment=nowhere`);
    await page.getByText('No calls in this window').waitFor();
    await (await looked).finished();
    expect(await page.getByRole('link', { name: 'Go there' }).count()).toBe(0);
    app.tolerate(page, /status of 422/);
    await page.route('**/api/v1/graph?*', async (route) =>
      route.fulfill({ status: 422, json: { error: { code: 'too_much', message: 'Too many rows.', parameter: null } } }),
    );
    await page.goto(`${app.origin}/map?from=now-7d`);
    await page.getByRole('alert').getByText('Too many rows.').waitFor();
    await page.unroute('**/api/v1/graph?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await drawn(page);
  });

  for (const [theme, lang] of [
    ['light', 'en'],
    ['dark', 'zh-CN'],
    ['light', 'en-XA'],
    ['dark', 'en'],
  ]) {
    test(`can be read and used by all (${theme}, ${lang})`, async () => {
      const page = await open(`/map?theme=${theme}&lang=${lang}&node=%2F%2Ffrontend`);
      await page.getByRole('complementary').getByRole('heading').first().waitFor();
      await drawn(page);
      expect(await seriousViolations(page)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      expect(await page.evaluate(tooWide)).toEqual([]);
      await shoot(page, `map-${theme}-${lang}`);
    });
  }
});

/** `completeTo` goes on while a page is open. */
function withoutTimes(tree: string): string {
  return tree.replaceAll(/\d\d:\d\d:\d\d/g, 'time');
}

function farthest(before: Places, after: Places): number {
  return Math.max(
    ...Object.entries(after).flatMap(([key, [x, y]]) => {
      const old = before[key];
      return old === undefined ? [] : [Math.hypot(x - old[0], y - old[1])];
    }),
  );
}
