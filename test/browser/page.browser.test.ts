import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { type Span, SpanKind } from '@spanloom/span';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { edges, traceAnswer } from '../harness/answers.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';
import { send } from '../load/client.ts';
import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';
import { type GeneratedTrace, makeTrace } from '../load/traces.ts';
import { type Window, chromiumPath, openWindow, startBrowser } from './browser.ts';

const flags = ['--no-demo', '--settle', '1s', '--quiet', '2s', '--rollup-interval', '2s'];
const random = new Random(7);
/** For `evaluate`, which runs in the page: this side knows no `document`. */
const contentWidth = 'document.documentElement.scrollWidth';
const barColours = '[...document.querySelectorAll(".bar")].map((bar) => getComputedStyle(bar).backgroundColor)';
const hostile = '<img src=x onerror="document.title=\'taken\';alert(1)">';

describe.skipIf(chromiumPath === undefined)('the page', () => {
  let browser: Browser;
  let folder: Awaited<ReturnType<typeof dataDir>>;
  let pipeline: Pipeline;
  let origin: string;
  let window: Window | undefined;

  beforeAll(async () => {
    browser = await startBrowser();
    folder = await dataDir();
    pipeline = await Pipeline.start(folder.path, await freePorts(), flags);
    origin = `http://127.0.0.1:${pipeline.ports.query}`;
  });
  afterAll(async () => {
    await browser?.close();
    await pipeline?.stop();
    await folder?.remove();
  });
  afterEach(async () => {
    const { faults } = window ?? { faults: [] };
    await window?.close();
    window = undefined;
    expect(faults, 'what a page must not do').toEqual([]);
  });

  async function open(path: string, options: Parameters<typeof openWindow>[2] = {}): Promise<Page> {
    window = await openWindow(browser, origin, options);
    await window.page.goto(origin + path);
    return window.page;
  }

  async function sendAll(spans: readonly Span[]): Promise<void> {
    await send(pipeline.ports.http, spans);
  }

  /** Resolves when the trace is in the store, with as many spans. */
  async function stored(traceId: string, spans: number): Promise<void> {
    await waitFor(
      async () => {
        const answer = await traceAnswer(pipeline, traceId);
        return answer.state === 'stored' && answer.spanCount === spans ? answer : null;
      },
      { withinMs: 20_000, what: `trace ${traceId} to be stored` },
    );
  }

  // First, while nothing is stored.
  test('shows how to send a first span, and then that span, by itself', async () => {
    const page = await open('/');
    const snippet = page.locator('pre', { hasText: 'curl' });
    await snippet.waitFor();
    await window?.shoot('empty');
    expect(await page.locator('h1').textContent()).toBe('Waiting for the first span');
    expect(await snippet.textContent()).toContain(`http://127.0.0.1:${pipeline.ports.http}/v1/traces`);

    await promisify(execFile)('sh', ['-c', (await snippet.textContent()) ?? '']);

    await page.getByRole('link', { name: 'first-service hello' }).waitFor();
    await page.getByRole('cell', { name: 'outside → first-service' }).waitFor();
    expect(await page.locator('.services li').allTextContents()).toEqual(['first-service']);
  });

  describe('with traces of a small system', () => {
    const traces: GeneratedTrace[] = [];
    const brokenId = random.hex(16);
    const lostSpanId = random.hex(8);

    beforeAll(async () => {
      for (let i = 0; i < 12; i++) traces.push(makeTrace(random, { startMs: Date.now() - 3000 + i * 50 }));
      const root = { traceId: brokenId, service: 'frontend', kind: SpanKind.server };
      const broken = [
        span({ ...root, spanId: random.hex(8), name: 'GET /broken', startMs: Date.now(), durationMs: 80 }),
        span({
          traceId: brokenId,
          spanId: random.hex(8),
          parentSpanId: lostSpanId,
          service: 'checkout',
          name: 'orphan',
          startMs: Date.now() + 10,
          durationMs: 30,
          error: true,
        }),
      ];
      await sendAll([...traces.flatMap(({ batches }) => batches.flat()), ...broken]);
      for (const { traceId, spans } of traces) await stored(traceId, spans);
      await stored(brokenId, broken.length);
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      test(`lists services, calls with their figures and recent traces (${colorScheme})`, async () => {
        const page = await open('/', { colorScheme });
        await page.locator('.services li', { hasText: 'payment' }).waitFor();
        await window?.shoot(`overview-${colorScheme}`);
        const services = await page.locator('.services li').allTextContents();
        for (const name of ['cart', 'catalog', 'checkout', 'frontend', 'mailer']) {
          expect(
            services.some((text) => text.includes(name)),
            name,
          ).toBe(true);
        }

        const call = page.getByRole('row', { name: /frontend.* → .*checkout/ });
        const figures = await call.locator('td.number').allTextContents();
        const counted = (await edges(pipeline)).edges.find(
          (edge) => edge.client?.name === 'frontend' && edge.server.name === 'checkout',
        );
        expect(figures[0]).toBe(String(counted?.calls));
        for (const figure of figures.slice(2)) expect(figure).toMatch(/^\d[\d.]{2,3} (µs|ms|s)$/);

        expect(
          await page
            .getByRole('row', { name: /GET \/broken/ })
            .locator('.badge')
            .allTextContents(),
        ).toEqual(['1 error', 'incomplete']);
        const background = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
        const brightness = Number(/\d+/.exec(background)?.[0]);
        expect(colorScheme === 'dark' ? brightness < 60 : brightness > 200, background).toBe(true);
      });
    }

    test('says times in the zone of whoever looks, and in UTC on hover', async () => {
      const page = await open('/', { timezoneId: 'Asia/Kolkata' });
      const started = page.locator('.traces time').first();
      const utc = new Date((await started.getAttribute('datetime')) ?? '');
      const local = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23', timeZone: 'Asia/Kolkata' });
      expect(await started.textContent()).toContain(local.format(utc));
      expect(await started.getAttribute('title')).toBe(`${utc.toISOString().slice(0, 23).replace('T', ' ')} UTC`);
    });

    test('opens a trace at a click: a bar for each span, its attributes inside', async () => {
      const page = await open('/');
      const whole = traces[0];
      await page.locator(`a[href="/trace/${whole?.traceId}"]`).click();
      await page.waitForURL(`${origin}/trace/${whole?.traceId}`);
      await page.locator('.bar').first().waitFor();
      expect(await page.locator('h1').textContent()).toBe('frontend GET /');
      expect(await page.title()).toBe('frontend GET / – Spanloom');
      expect(await page.locator('.bar').count()).toBe(whole?.spans);
      const colours = await page.evaluate<string[]>(barColours);
      expect(new Set(colours).size, 'a colour for each service').toBe(6);
      expect(await page.locator('.facts').textContent()).toContain('stored, complete');
      expect(await page.locator('.badge', { hasText: 'incomplete' }).count()).toBe(0);
      await page.locator('summary').nth(1).click();
      await page.locator('dd', { hasText: 'test-agent/1.0' }).first().waitFor();
      await window?.shoot('trace-light');
    });

    test('names the span that is missing in a broken trace', async () => {
      const page = await open(`/trace/${brokenId}`, { colorScheme: 'dark' });
      await page.getByText('Missing: parent span').waitFor();
      await window?.shoot('broken-dark');
      expect(await page.locator('p.error code').textContent()).toBe(lostSpanId);
      expect(await page.locator('.gap').textContent()).toBe(`span ${lostSpanId} is missing`);
      expect(await page.locator('.facts .badge').textContent()).toBe('incomplete');
    });

    test('is used with the keyboard alone, also while it refreshes', async () => {
      const page = await open('/');
      const newest = page.locator('.traces a').first();
      await newest.waitFor();
      const wanted = await newest.getAttribute('href');
      const focused = (): Promise<string | null> =>
        page.evaluate<string | null>('document.activeElement?.getAttribute("href") ?? null');
      for (let presses = 0; presses < 12 && (await focused()) !== wanted; presses++) await page.keyboard.press('Tab');
      expect(await focused()).toBe(wanted);
      // Another trace moves the list; the focus stays where it was.
      const traceId = random.hex(16);
      await sendAll([
        span({ traceId, spanId: random.hex(8), service: 'frontend', name: 'newcomer', kind: SpanKind.server }),
      ]);
      await page.getByRole('link', { name: 'frontend newcomer' }).waitFor();
      expect(await focused()).toBe(wanted);
      await page.keyboard.press('Enter');
      await page.waitForURL(origin + wanted);

      await page.locator('summary').first().waitFor();
      const isSummary = (): Promise<boolean> => page.evaluate<boolean>('document.activeElement?.tagName === "SUMMARY"');
      for (let presses = 0; presses < 12 && !(await isSummary()); presses++) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.locator('details[open] dd').first().waitFor();
    });

    test('opens a trace by its id, also a pasted one with spaces around', async () => {
      const page = await open('/');
      await page.getByLabel('Trace id').fill(` ${brokenId} `);
      await page.getByRole('button', { name: 'Open' }).click();
      await page.waitForURL(`${origin}/trace/${brokenId}`);
      await page.getByText('GET /broken').first().waitFor();
    });

    test('lists runs of rollups, and the newest result of one', async () => {
      const page = await open('/rollups');
      await page.getByRole('link', { name: 'error-budget' }).first().click({ timeout: 60_000 });
      await page.getByRole('heading', { name: 'Rollup error-budget' }).waitFor();
      await page.getByText('The result is empty.').waitFor();
      await window?.shoot('rollups');
      const cells = await page.locator('.runs tbody tr').first().locator('td').allTextContents();
      const [name, ran, rows] = cells;
      expect(name).toMatch(/^error-budget/);
      expect(ran).toMatch(/^\d{4}-\d{2}-\d{2} 00:00 – \d{4}-\d{2}-\d{2} 00:00$/);
      expect(rows).toBe('0');
    });

    test('fits a window of 400 px', async () => {
      const page = await open('/', { viewport: { width: 400, height: 800 } });
      await page.locator('.traces a').first().waitFor();
      await window?.shoot('overview-400');
      expect(await page.evaluate<number>(contentWidth)).toBeLessThanOrEqual(400);
      await page.locator(`a[href="/trace/${traces[0]?.traceId}"]`).click();
      await page.locator('.bar').first().waitFor();
      await window?.shoot('trace-400');
      expect(await page.evaluate<number>(contentWidth)).toBeLessThanOrEqual(400);
      const bar = await page.locator('.bar').first().boundingBox();
      expect(bar?.width).toBeGreaterThan(100);
    });
  });

  test('shows an open trace as open, and as stored once it is, without a reload', async () => {
    const traceId = random.hex(16);
    const root = random.hex(8);
    const sendChild = (name: string): Promise<void> =>
      sendAll([span({ traceId, spanId: random.hex(8), parentSpanId: root, service: 'shop', name })]);
    // Without its root a trace stays open for `quiet`, and so for longer with each child.
    await sendChild('first child');
    await waitFor(() => traceAnswer(pipeline, traceId), { withinMs: 10_000, what: 'the open trace' });
    const page = await open(`/trace/${traceId}`);
    await page.evaluate('document.documentElement.dataset.mark = "same page"');
    const feeding = new AbortController();
    const feed = (async () => {
      while (!feeding.signal.aborted) {
        await sendChild('another child');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    })();
    await page.locator('.badge.busy', { hasText: 'open' }).waitFor();
    await window?.shoot('open');
    feeding.abort();
    await feed;
    await sendAll([span({ traceId, spanId: root, service: 'shop', name: 'the root', kind: SpanKind.server })]);
    await page.getByText('stored, complete').waitFor();
    expect(await page.locator('h1').textContent()).toBe('shop the root');
    expect(await page.locator('.badge').count()).toBe(0);
    expect(await page.evaluate<string>('document.documentElement.dataset.mark')).toBe('same page');
  });

  test('shows names and attributes as text, whatever they contain', async () => {
    const traceId = random.hex(16);
    const spanId = random.hex(8);
    const attributes = { [hostile]: hostile };
    await sendAll([
      span({ traceId, spanId, service: hostile, name: hostile, kind: SpanKind.server, attributes, error: true }),
    ]);
    await stored(traceId, 1);
    const page = await open('/');
    await page.locator(`a[href="/trace/${traceId}"]`, { hasText: hostile }).click();
    await page.locator('summary').first().click();
    await page.locator('dd', { hasText: hostile }).first().waitFor();
    await window?.shoot('hostile');
    expect(await page.locator('h1').textContent()).toBe(`${hostile} ${hostile}`);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).not.toBe('taken');
  });

  test('says that a trace is not there, and shows it when it comes', async () => {
    const traceId = random.hex(16);
    window = await openWindow(browser, origin);
    const { page } = window;
    await page.goto(`${origin}/trace/${traceId}`);
    await page.getByText('No such trace').waitFor();
    await window.shoot('no-trace');
    await sendAll([
      span({ traceId, spanId: random.hex(8), service: 'shop', name: 'late guest', kind: SpanKind.server }),
    ]);
    await page.getByRole('heading', { name: 'shop late guest' }).waitFor();
    // What the browser itself says of an answer that is no success.
    expect(new Set(window.faults)).toEqual(new Set([expect.stringContaining('status of 404')]));
    await window.close();
    window = undefined;
  });

  test('lets nothing but its own files run', async () => {
    const page = await open('/');
    const policy = (await page.reload())?.headers()['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  // Last: it stops the pipeline.
  test('keeps what it shows and says so when Spanloom does not answer', async () => {
    const page = await open('/');
    await page.locator('.traces a').first().waitFor();
    await pipeline.stop();
    await page.getByRole('alert').filter({ hasText: 'does not answer' }).waitFor();
    await window?.shoot('down');
    expect(await page.locator('.traces a').count()).toBeGreaterThan(0);
    // Refused connections are on the console, as they should be.
    await window?.close();
    window = undefined;
  });
});
