import { type Span, SpanKind } from '@spanloom/span';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { type SpanSketch, span } from '../load/spans.ts';
import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { type ShopTrace, shopTrace } from './shop-trace.ts';

const random = new Random(71);
/** As wide as a duration is said. */
const wholeMs = 3_599_000;
const deepest = 22;

/** Of an hour, with spans without length at both of its ends: alone, in a fold, and missing. */
function longTrace(traceId: string, startMs: number): Span[] {
  const spans: Span[] = [];
  const add = (parentSpanId: string, name: string, at: number, durationMs: number, more: Partial<SpanSketch> = {}) => {
    const spanId = random.hex(8);
    const sketch = { traceId, spanId, parentSpanId, service: 'batch', name, startMs: startMs + at, durationMs };
    spans.push(span({ ...sketch, ...more }));
    return spanId;
  };
  const root = add('', 'nightly', 0, wholeMs, { kind: SpanKind.server });
  for (const at of [0, wholeMs]) {
    add(root, `alone ${at}`, at, 0);
    add(random.hex(8), `child of a lost one ${at}`, at, 0.001);
    for (let tick = 0; tick < 3; tick++) add(root, 'tick', at, 0);
  }
  // The calls that a long operation waited for, further in than rows are set in.
  let caller = root;
  for (let depth = 0; depth < deepest; depth++) {
    caller = add(caller, `step ${depth} of the work of the night that has a long name`, 1000, wholeMs - 2000);
  }
  for (let query = 0; query < 24; query++) {
    add(caller, 'SELECT orders JOIN lines', 2000, wholeMs - 4000, { service: 'a-store-with-a-long-name' });
  }
  add(random.hex(8), 'after a lost one', 0, wholeMs);
  return spans;
}

describe.skipIf(chromiumPath === undefined)('what the waterfall measures', () => {
  const app = useApp();
  const longId = random.hex(16);
  let failed: ShopTrace;

  beforeAll(async () => {
    const startMs = Date.now() - 60_000;
    const usual = Array.from({ length: 20 }, (_, at) => shopTrace(random, { startMs: startMs + at * 100 }));
    failed = shopTrace(random, { startMs: startMs + 5000, failing: true });
    const long = { traceId: longId, spans: longTrace(longId, startMs - wholeMs) };
    await app.store([...usual, failed, long]);
  });

  const row = (page: Page, name: string | RegExp) => page.getByRole('row', { name }).first();
  const details = (page: Page) => page.getByRole('complementary', { name: 'Span details' });

  async function openLong(width: number): Promise<Page> {
    // High enough that all rows of it are seen.
    const page = await app.open(`/trace/${longId}`, { viewport: { width, height: 1300 } });
    await row(page, /SELECT orders/).waitFor();
    return page;
  }

  for (const width of [1440, 640]) {
    test(`no bar is narrower than 2 px, at either end of the trace (${width} px wide)`, async () => {
      const page = await openLong(width);
      await shoot(page, `waterfall-ends-${width}`);
      const bars = await page.evaluate<Bar[]>(barsOf);
      for (const { row, widthPx } of bars) expect(widthPx, row).toBeGreaterThanOrEqual(1.75);
      for (const name of ['alone 0', `alone ${wholeMs}`, 'child of a lost one 0', 'SELECT orders', 'never came']) {
        expect(bars.map(({ row }) => row)).toContainEqual(expect.stringContaining(name));
      }
      // All six of them, in two places.
      const ticks = bars.filter(({ row }) => row.includes('tick×6'));
      expect(ticks).toHaveLength(2);
      expect(ticks[0]?.fromStartPx).toBeLessThan(2);
      expect(ticks[1]?.toEndPx).toBeLessThan(2);
    });
  }

  test('no duration, rank or figure of a fold is cut, with the details open', async () => {
    const page = await openLong(1440);
    await row(page, /nightly/).click();
    await details(page).waitFor();
    await shoot(page, 'waterfall-figures');
    const figures = await page.evaluate<Figure[]>(figuresOf);
    const texts = figures.map(({ text }) => text);
    expect(texts).toContain('59 min 59 s');
    expect(texts).toContain('≥ 59 min 59 s');
    expect(texts).toContain('×24 · Σ 23 h 58 min · p50 59 min 55 s · max 59 min 55 s');
    for (const { text, hiddenPx } of figures) expect(hiddenPx, text).toBeLessThanOrEqual(0);
  });

  test('each span says its rank, and what is usual', async () => {
    const page = await app.open(`/trace/${failed.traceId}`);
    await row(page, /SELECT FROM items/).click();
    await page.keyboard.press('ArrowRight');
    await page.getByText(/^p\d/).first().waitFor();
    await expect.poll(() => page.getByRole('treegrid').getByRole('row').count()).toBe(failed.spans.length + 2);
    const said = await page.evaluate<string[]>(
      `[...document.querySelectorAll('[role=row][aria-level]')].filter((row) => !/×\\d/.test(row.textContent))
        .map((row) => [row, ...row.querySelectorAll('[title]')].map((each) => each.title).join('\\n'))`,
    );
    expect(said.length).toBe(failed.spans.length);
    for (const titles of said) expect(titles).toMatch(/^p\d+(\.\d)?, usually \d\S* (µs|ms): 2\d+ calls of /m);
  });

  test('a span says how long it ran itself, and what happened in it', async () => {
    const page = await app.open(`/trace/${failed.traceId}`);
    const fact = (name: string) => details(page).locator('dl > div').filter({ hasText: name }).locator('dd');
    await row(page, /payment payment.Payment\/Charge/).click();
    // Less than its 566 ms by the 550 ms of its query.
    await expect.poll(() => fact('Itself').first().textContent()).toBe('16.0 ms');
    await row(page, /payment payment.Payment\/Charge/)
      .getByTitle('takes 566 ms · itself 16.0 ms')
      .waitFor();
    await row(page, /INSERT charges/).click();
    await details(page).getByRole('heading', { name: '1 event' }).waitFor();
    const event = details(page).getByRole('listitem');
    expect(await event.locator('p').textContent()).toBe('exception +549 ms');
    expect(await event.locator('dd').allTextContents()).toEqual([
      'QueryTimeout',
      'canceling statement due to statement timeout',
    ]);
  });
});

interface Bar {
  readonly row: string;
  readonly widthPx: number;
  /** How far it is from the start of the picture, and from its end. */
  readonly fromStartPx: number;
  readonly toEndPx: number;
}

/** For `evaluate`. Bars as they are seen: what the picture cuts off is no part of them. */
const barsOf = `[...document.querySelectorAll('[role=row][aria-level]')].flatMap((row) => {
  const track = row.lastElementChild.getBoundingClientRect();
  const left = track.left + 1;
  const of = (from, to) => ({
    row: row.textContent, widthPx: to - from, fromStartPx: from - left, toEndPx: track.right - to,
  });
  const bars = [...row.lastElementChild.querySelectorAll('div')].map((bar) => {
    const { left: from, right: to } = bar.getBoundingClientRect();
    return of(Math.max(from, left), Math.min(to, track.right));
  });
  // Of a picture: where a pointer would meet it.
  for (const picture of row.lastElementChild.querySelectorAll('svg')) {
    const { top, height } = picture.getBoundingClientRect();
    let from = null;
    for (let x = track.left; x <= track.right + 1; x += 0.25) {
      const met = document.elementFromPoint(x, top + height / 2);
      if (met !== picture && picture.contains(met) && x < track.right) from ??= x;
      else if (from !== null) {
        bars.push(of(from, x));
        from = null;
      }
    }
  }
  return bars;
})`;

interface Figure {
  readonly text: string;
  /** How much of it is not seen. */
  readonly hiddenPx: number;
}

/** For `evaluate`. Figures and the cells that they stand in. */
const figuresOf = `[...document.querySelectorAll('[role=row][aria-level]')].flatMap((row) =>
  [...row.querySelectorAll('[class*=number], [class*=rank], [class*=foldFigures]')].flatMap((figure) => {
    if (figure.textContent === '') return [];
    const range = document.createRange();
    range.selectNodeContents(figure);
    const text = range.getBoundingClientRect();
    const cell = figure.closest('[role=gridcell]');
    const room = cell.getBoundingClientRect();
    return {
      text: figure.textContent,
      hiddenPx: Math.max(figure.scrollWidth - figure.clientWidth, cell.scrollWidth - cell.clientWidth,
        text.right - room.right, room.left - text.left),
    };
  }))`;
