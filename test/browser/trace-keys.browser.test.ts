import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { useApp } from './app.ts';
import { chromiumPath, noPointer } from './browser.ts';
import { boxOf } from './checks.ts';
import { type ShopTrace, failingQuery, shopTrace } from './shop-trace.ts';

const random = new Random(61);

/** From the start of the checkout that failed until its mail is sent. */
const wholeMs = 720;
/** All that the trace page has a use for, but Escape, Enter and arrows, which boxes have one for as well. */
const everyKey = 'jkeEnNcfwasd[]y?/';

describe.skipIf(chromiumPath === undefined)('keys and the pointer on the trace page', () => {
  const app = useApp();
  let failed: ShopTrace;

  beforeAll(async () => {
    failed = shopTrace(random, { startMs: Date.now() - 60_000, failing: true });
    await app.store([failed]);
  });

  async function open(search = '', keysOnly = false): Promise<Page> {
    const page = await app.open(`/trace/${failed.traceId}${search}`, keysOnly ? { initScript: noPointer } : {});
    await rows(page).nth(1).waitFor();
    return page;
  }

  const rows = (page: Page) => page.getByRole('treegrid').getByRole('row');
  const row = (page: Page, name: string | RegExp) => page.getByRole('row', { name }).first();
  const details = (page: Page) => page.getByRole('complementary', { name: 'Span details' });
  const parameters = (page: Page) => [...new URL(page.url()).searchParams.keys()].toSorted();

  async function expectSelected(page: Page, label: string): Promise<void> {
    await expect
      .poll(() => page.getByRole('row', { selected: true }).getAttribute('id'))
      .toBe(`row-${failed.ids[label]}`);
  }

  async function goThrough(page: Page, steps: readonly (readonly [key: string, label: string])[]): Promise<void> {
    for (const [key, label] of steps) {
      await page.keyboard.press(key);
      await expectSelected(page, label);
    }
  }

  test('e and E go through the errors, forth and back, and round', async () => {
    const page = await open('', true);
    await goThrough(page, [
      ['Shift+E', 'charge'],
      ['Shift+E', 'payment'],
      ['Shift+E', 'payment client'],
      ['e', 'payment'],
      ['Shift+E', 'payment client'],
      ['Shift+E', 'root'],
      ['Shift+E', 'charge'],
      ['e', 'root'],
    ]);
  });

  test('n and N go through what was found, forth and back, and round', async () => {
    const page = await open('?find=mail', true);
    await page.getByText('0 of 3').waitFor();
    await goThrough(page, [
      ['n', 'mail'],
      ['n', 'mailer'],
      ['n', 'smtp'],
      ['n', 'mail'],
      ['Shift+N', 'smtp'],
      ['Shift+N', 'mailer'],
    ]);
    await page.getByText('2 of 3').waitFor();
  });

  test('j and k, as arrows, go down and up a row', async () => {
    const page = await open('', true);
    await goThrough(page, [
      ['j', 'root'],
      ['j', 'cart client'],
      ['ArrowDown', 'cart'],
      ['k', 'cart client'],
      ['ArrowUp', 'root'],
      ['k', 'root'],
    ]);
  });

  test('c takes the critical path away and brings it back; it is there from the start', async () => {
    const page = await open('', true);
    const button = page.getByRole('button', { name: 'Critical path', exact: true });
    const drawn = () => rows(page).locator('svg[class*=critical] path').count();
    const atFirst = await drawn();
    expect(atFirst).toBeGreaterThan(5);
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('c');
    await expect.poll(drawn).toBe(0);
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    await page.keyboard.press('c');
    await expect.poll(drawn).toBe(atFirst);
    expect(await button.getAttribute('aria-pressed')).toBe('true');
  });

  for (const key of ['Meta+k', 'Control+k']) {
    test(`${key} opens the palette, also while somebody types`, async () => {
      const page = await open('', true);
      const palette = page.getByRole('dialog').getByRole('combobox');
      await page.keyboard.press(key);
      await palette.waitFor();
      await page.keyboard.press('Escape');
      await palette.waitFor({ state: 'detached' });
      await page.getByLabel('Find in this trace').focus();
      await page.keyboard.press(key);
      await palette.waitFor();
    });
  }

  test('keys are text in a box: to find, to filter attributes, and of the palette', async () => {
    const page = await open('', true);
    await page.keyboard.press('e');
    await page.keyboard.press('Enter');
    await details(page).waitFor();
    await expect.poll(() => parameters(page)).toEqual(['details', 'span']);
    const expectText = async (box: Locator, more: readonly string[]) => {
      await box.focus();
      await page.keyboard.type(everyKey);
      expect(await box.inputValue()).toBe(everyKey);
      await expect.poll(() => parameters(page)).toEqual(['details', 'span', ...more].toSorted());
      await expectSelected(page, 'root');
    };
    await expectText(page.getByLabel('Find in this trace'), ['find']);
    await expectText(page.getByLabel('Filter attributes'), ['filter', 'find']);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('Control+k');
    await expectText(page.getByRole('dialog').getByRole('combobox'), ['filter', 'find']);
    expect(await page.getByRole('dialog').count()).toBe(1);
  });

  for (const by of ['key', 'click'] as const) {
    test(`rows are collapsed and expanded by ${by}`, async () => {
      const page = await open('', by === 'key');
      const all = await rows(page).count();
      const cart = rows(page).and(page.locator(`#row-${failed.ids['cart client']}`));
      if (by === 'key') {
        await goThrough(page, [
          ['j', 'root'],
          ['j', 'cart client'],
        ]);
      }
      const press = async (key: string, button: string) => {
        if (by === 'key') await page.keyboard.press(key);
        else await cart.getByRole('button', { name: button }).click();
      };
      await press('ArrowLeft', 'Collapse');
      // The server and the fold of its queries.
      await expect.poll(() => rows(page).count()).toBe(all - 2);
      expect(await cart.getAttribute('aria-expanded')).toBe('false');
      await cart.getByTitle('13 spans below it').waitFor();
      await press('ArrowRight', 'Expand');
      await expect.poll(() => rows(page).count()).toBe(all);
      expect(await cart.getAttribute('aria-expanded')).toBe('true');
      // A click on the sign alone selects nothing.
      expect(await page.getByRole('row', { selected: true }).count()).toBe(by === 'key' ? 1 : 0);
    });
  }

  test('the edge of the details is dragged, which marks no text', async () => {
    const page = await open(`?span=${failed.ids['charge']}&details=true`);
    const splitter = page.getByRole('separator');
    const panel = await boxOf(details(page));
    const edge = await boxOf(splitter);
    await drag(page, { x: edge.x + 4, y: edge.y + 200 }, { x: edge.x + 4 - 100, y: edge.y + 240 });
    await expect.poll(async () => (await boxOf(details(page))).width).toBe(panel.width + 100);
    expect(await splitter.getAttribute('aria-valuenow')).toBe(String(panel.width + 100));
    expect(await page.evaluate<string>('String(getSelection())')).toBe('');
    await page.waitForURL(/panel=520/);
    // The pointer was let go of: it may rest on the edge.
    await page.mouse.move(edge.x + 4 - 97, edge.y + 200);
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
    expect((await boxOf(details(page))).width).toBe(panel.width + 100);
  });

  test('a part of the time is dragged over in the minimap; a double click shows all of it again', async () => {
    const page = await open();
    const map = await boxOf(page.getByTestId('minimap'));
    const at = (part: number) => ({ x: map.x + map.width * part, y: map.y + 10 });
    await drag(page, at(0.75), at(0.5));
    await page.waitForURL(/zoom=/);
    const first = zoomIn(page);
    expect(first.toMs / first.fromMs).toBeCloseTo(0.75 / 0.5, 1);
    // It shows the whole trace still: the same part of it is the same time.
    await drag(page, at(0.5), at(0.625));
    await expect.poll(() => zoomIn(page).toMs).toBeLessThan(first.toMs - 1);
    expect(zoomIn(page).fromMs).toBeCloseTo(first.fromMs, 0);
    await page.mouse.dblclick(at(0.2).x, at(0.2).y);
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
  });

  for (const percent of [25, 90]) {
    test(`Ctrl and the wheel leave the time below the pointer where it is, at ${percent} % of the ruler`, async () => {
      const page = await open();
      const ruler = await boxOf(page.getByTestId('ruler'));
      // Of a turn of the wheel the browser says whole pixels.
      const x = Math.round(ruler.x + (ruler.width * percent) / 100);
      const part = (x - ruler.x) / ruler.width;
      const timeMs = () => zoomIn(page).fromMs + part * (zoomIn(page).toMs - zoomIn(page).fromMs);
      await page.mouse.move(x, ruler.y + 100);
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -100);
      await page.waitForURL(/zoom=/);
      const lengthMs = zoomIn(page).toMs - zoomIn(page).fromMs;
      const beforeMs = part * wholeMs;
      expect(timeMs()).toBeCloseTo(beforeMs, 3);
      for (const [deltaY, times] of [
        [-100, 1 / 1.25],
        [100, 1],
      ] as const) {
        await page.mouse.wheel(0, deltaY);
        await expect.poll(() => (zoomIn(page).toMs - zoomIn(page).fromMs) / lengthMs).toBeCloseTo(times, 4);
        expect(timeMs()).toBeCloseTo(beforeMs, 3);
      }
      await page.keyboard.up('Control');
    });
  }

  test('an attribute is copied in full, with what was cut of it', async () => {
    const page = await app.open(`/trace/${failed.traceId}?span=${failed.ids['charge']}&details=true`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()');
    const copy = (name: string) => details(page).getByRole('button', { name: `Copy ${name}` });
    await copy('db.query.text').click();
    await expect.poll(clipboard).toBe(failingQuery);
    await row(page, /evaluate rules/).click();
    await copy('rules.source').click();
    await expect.poll(clipboard).toBe('x'.repeat(5000));
  });
});

interface Point {
  readonly x: number;
  readonly y: number;
}

async function drag(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
}

function zoomIn(page: Page): { readonly fromMs: number; readonly toMs: number } {
  const [fromMs = 0, toMs = 0] = (new URL(page.url()).searchParams.get('zoom') ?? '').split('~').map(Number);
  return { fromMs, toMs };
}
