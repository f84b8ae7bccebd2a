import { readFile } from 'node:fs/promises';

import { type Span, SpanKind } from '@spanloom/span';
import { beforeAll, describe, expect, test } from 'vitest';

import { waitFor } from '../harness/wait.ts';
import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';
import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { vitalsOf, watchVitals } from './checks.ts';

const random = new Random(50_000);
const spanCount = 50_000;
/** What the page may take from the answer to the first row of the waterfall. */
const paintMs = 1500;
/** No task while scrolling may take longer. */
const taskMs = 100;

/** A batch that works through 6,250 orders of 8 spans, some side by side, one in a thousand failing. */
function bigTrace(traceId: string, startMs: number): Span[] {
  const services = ['orders', 'stock', 'prices', 'mail', 'billing'];
  const rootId = random.hex(8);
  const spans = [span({ traceId, spanId: rootId, service: 'batch', name: 'nightly', startMs, durationMs: 60_000 })];
  for (let order = 0; spans.length + 8 <= spanCount; order++) {
    const at = startMs + order * 9;
    const orderId = random.hex(8);
    const service = services[order % services.length] ?? '';
    const common = { traceId, service, attributes: { 'order.id': String(order), 'db.system.name': 'postgresql' } };
    spans.push(
      span({
        ...common,
        spanId: orderId,
        parentSpanId: rootId,
        name: `order ${order % 977}`,
        kind: SpanKind.server,
        startMs: at,
        durationMs: 60,
      }),
    );
    for (let step = 0; step < 7; step++) {
      const error = random.chance(0.001);
      spans.push(
        span({
          ...common,
          spanId: random.hex(8),
          parentSpanId: orderId,
          name: `step ${step}`,
          startMs: at + step * 8,
          durationMs: 7,
          error,
        }),
      );
    }
  }
  while (spans.length < spanCount) {
    spans.push(
      span({
        traceId,
        spanId: random.hex(8),
        parentSpanId: rootId,
        service: 'batch',
        name: 'tidy',
        startMs: startMs + 59_000,
      }),
    );
  }
  return spans;
}

describe.skipIf(chromiumPath === undefined)('a trace of 50,000 spans', () => {
  const app = useApp(['--no-demo', '--settle', '3s', '--quiet', '5s', '--rollup-interval', '1h']);
  const traceId = random.hex(16);

  beforeAll(async () => {
    const spans = bigTrace(traceId, Date.now() - 90_000);
    expect(spans.length).toBe(spanCount);
    for (let from = 0; from < spans.length; from += 5000) await app.send(spans.slice(from, from + 5000));
    // The trace itself is 50 MB: the list says as well whether it is whole.
    await waitFor(
      async () => {
        const { traces } = (await app.pipeline.json('/api/v1/traces?limit=1')) as { traces: { spanCount: number }[] };
        return traces[0]?.spanCount === spanCount ? 'stored' : null;
      },
      { withinMs: 120_000, everyMs: 500, what: 'the trace to be stored' },
    );
  }, 180_000);

  test('is there within 1.5 s of its answer, and scrolls without a long task', { timeout: 120_000 }, async () => {
    const page = await app.open('/operations');
    await watchVitals(page);
    // When the last byte of the answer was there, and when a row was painted: by the clock of the page.
    await page.addInitScript(`{
      const seen = (window.seen = {});
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (/\\/api\\/v1\\/traces\\/[0-9a-f]{32}$/.test(entry.name)) seen.answeredMs = entry.responseEnd;
        }
      }).observe({ type: 'resource', buffered: true });
      new MutationObserver((_, observer) => {
        if (document.querySelectorAll('[role=row]').length < 20) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => { seen.paintedMs = performance.now(); }));
      }).observe(document, { subtree: true, childList: true });
    }`);
    await page.goto(`${app.origin}/trace/${traceId}`);
    const seen = { answeredMs: Number.NaN, paintedMs: Number.NaN };
    await expect
      .poll(
        async () => {
          Object.assign(seen, await page.evaluate<object>('({ ...window.seen })'));
          return Number.isFinite(seen.answeredMs + seen.paintedMs);
        },
        { timeout: 40_000 },
      )
      .toBe(true);
    await page.getByText(/ of 50,000 shown/).waitFor();
    await shoot(page, 'big-main');
    console.log('first paint after the answer (ms):', Math.round(seen.paintedMs - seen.answeredMs));
    expect(seen.paintedMs - seen.answeredMs).toBeLessThan(paintMs);

    await page.getByRole('button', { name: 'Expand all' }).click();
    const rows = page.getByRole('treegrid');
    await expect.poll(async () => Number(await rows.getAttribute('aria-rowcount'))).toBeGreaterThan(45_000);
    await page.waitForURL(/rows=all/);
    const longest: number[] = [];
    // The machine of a test has other work, too: what only one of three rounds meets is not the page's.
    for (let round = 0; round < 3; round++) {
      // What came before is not scrolling: measured from the moment on that the page is at rest.
      await page.evaluate('new Promise((resolve) => requestIdleCallback(resolve, { timeout: 500 }))');
      await page.evaluate('window.vitals.longestTaskMs = 0');
      // A wheel that is turned all the way, then jumps as somebody makes who drags the scroll bar.
      await page.evaluate(`(async () => {
        const rows = document.querySelector('[role=treegrid]');
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        rows.scrollTop = 0;
        for (let turn = 0; turn < 120; turn++) { rows.scrollTop += 240; await frame(); }
        for (let jump = 1; jump <= 40; jump++) { rows.scrollTop = (rows.scrollHeight * jump) / 40; await frame(); }
      })()`);
      longest.push((await vitalsOf(page)).longestTaskMs);
    }
    await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(20);
    const { shift } = await vitalsOf(page);
    console.log('longest tasks while scrolling (ms):', longest.map(Math.round), 'shift:', shift);
    await shoot(page, 'big-all');
    expect(Math.min(...longest)).toBeLessThanOrEqual(taskMs);
    expect(shift).toBeLessThanOrEqual(0.02);

    await page.keyboard.press('e');
    await page
      .getByRole('row', { selected: true })
      .filter({ has: page.getByRole('img', { name: 'The error began here' }) })
      .waitFor();
  });

  test('becomes text only as far as it is seen', async () => {
    const page = await app.open('/operations');
    await watchVitals(page);
    await page.goto(`${app.origin}/trace/${traceId}`);
    await page.getByText(/ of 50,000 shown/).waitFor();
    const longest: number[] = [];
    for (let round = 0; round < 3; round++) {
      await page.evaluate('new Promise((resolve) => requestIdleCallback(resolve, { timeout: 500 }))');
      await page.evaluate('window.vitals.longestTaskMs = 0');
      await page.getByRole('button', { name: 'JSON' }).click();
      const json = page.getByLabel('JSON', { exact: true });
      await json.getByText('"resourceSpans"').waitFor();
      // To its end, as somebody does who drags the scroll bar.
      await json.evaluate(`(pre) => { pre.scrollTop = pre.scrollHeight; }`);
      await json.getByText('"tidy"').first().waitFor();
      longest.push((await vitalsOf(page)).longestTaskMs);
      await page.getByRole('button', { name: 'Waterfall' }).click();
      await page.getByRole('treegrid').getByRole('row').nth(5).waitFor();
    }
    console.log('longest tasks of JSON (ms):', longest.map(Math.round));
    expect(Math.min(...longest)).toBeLessThanOrEqual(taskMs);
    await page.getByRole('button', { name: 'JSON' }).click();
    const downloading: number[] = [];
    for (let round = 0; round < 3 && Math.min(...downloading) > taskMs; round++) {
      await page.evaluate('window.vitals.longestTaskMs = 0');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download as OTLP JSON' }).click(),
      ]);
      const text = await readFile(await download.path(), 'utf8');
      expect(text.match(/"spanId"/g)).toHaveLength(spanCount);
      downloading.push((await vitalsOf(page)).longestTaskMs);
    }
    console.log('longest tasks of the download (ms):', downloading.map(Math.round));
    expect(Math.min(...downloading)).toBeLessThanOrEqual(taskMs);
  });
});
