import { readFile } from 'node:fs/promises';

import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { useApp } from './app.ts';
import { chromiumPath, noPointer, shoot } from './browser.ts';
import { boxOf, cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations } from './checks.ts';
import { type ShopTrace, failingQuery, shopTrace } from './shop-trace.ts';

const random = new Random(11);

describe.skipIf(chromiumPath === undefined)('the trace page', () => {
  const app = useApp();
  let failed: ShopTrace;
  /** Later than `failed`, and in less time. */
  let failedSooner: ShopTrace;
  let broken: ShopTrace;

  beforeAll(async () => {
    const startMs = Date.now() - 60_000;
    const usual = Array.from({ length: 20 }, (_, at) => shopTrace(random, { startMs: startMs + at * 100 }));
    failed = shopTrace(random, { startMs: startMs + 5000, failing: true });
    broken = shopTrace(random, { startMs: startMs + 6000, skewMs: 5, lost: true });
    failedSooner = shopTrace(random, { startMs: startMs + 7000, failing: true, lateMs: 120 });
    await app.store([...usual, failed, failedSooner, broken]);
  });

  async function open(path: string, options: BrowserContextOptions = {}, ready = settled): Promise<Page> {
    const page = await app.open(path, options);
    await ready(page);
    return page;
  }

  const row = (page: Page, name: string | RegExp) => page.getByRole('row', { name }).first();

  for (const theme of ['light', 'dark']) {
    test(`shows a trace at a glance (${theme})`, async () => {
      const page = await open(`/trace/${failed.traceId}?theme=${theme}`);
      await page.getByText(/^p\d/).first().waitFor();
      await shoot(page, `trace-${theme}`);
      await row(page, /INSERT charges/)
        .getByRole('img', { name: 'The error began here' })
        .waitFor();
      // How much is seen at once.
      const rows = await page.getByRole('treegrid').boundingBox();
      const shell = await page.getByRole('banner').first().boundingBox();
      const first = await row(page, /POST \/checkout/).boundingBox();
      expect(first?.height).toBe(24);
      expect(Math.floor(((rows?.height ?? 0) - 24) / 24)).toBeGreaterThanOrEqual(28);
      expect((rows?.y ?? 0) - ((shell?.y ?? 0) + (shell?.height ?? 0))).toBeLessThanOrEqual(160);
      expect(await seriousViolations(page)).toEqual([]);
      await page.keyboard.press('e');
      await page.keyboard.press('Enter');
      await page.getByRole('complementary', { name: 'Span details' }).waitFor();
      await shoot(page, `trace-details-${theme}`);
      // Details move no row.
      expect((await row(page, /POST \/checkout/).boundingBox())?.y).toBe(first?.y);
      expect(await seriousViolations(page)).toEqual([]);
    });
  }

  for (const lang of ['en-XA', 'zh-CN']) {
    test(`says everything in full (${lang})`, async () => {
      const page = await open(`/trace/${broken.traceId}?lang=${lang}`);
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.getByRole('complementary').waitFor();
      await shoot(page, `trace-${lang}`);
      expect(await cutTexts(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      expect(await seriousViolations(page)).toEqual([]);
    });
  }

  test('folds spans that are alike, and opens them', async () => {
    const page = await open(`/trace/${failed.traceId}`);
    const fold = row(page, /SELECT FROM items ×12 · Σ 48.0 ms · p50 4.00 ms · max 5.00 ms/);
    await fold.click();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByRole('row', { name: /SELECT FROM items/ }).count()).toBe(13);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.getByRole('row', { name: /SELECT FROM items/ }).count()).toBe(1);
  });

  test('says what is missing, and corrects clocks', async () => {
    const page = await open(`/trace/${broken.traceId}`);
    await page.getByText('Incomplete: 1 span never came').waitFor();
    await row(page, new RegExp(`Span ${broken.ids['mail']} never came; 1 span of mailer names it`)).waitFor();
    const payment = row(page, /payment payment.Payment\/Charge clock −3.00 ms/);
    await payment.waitFor();
    await shoot(page, 'trace-broken');
    await page.getByRole('button', { name: 'Correct clocks' }).click();
    await payment.waitFor({ state: 'detached' });
    await row(page, /payment payment.Payment\/Charge/).waitFor();
  });

  test('shows what a span says: filtered, pinned, copied, and no more of a long value than asked for', async () => {
    const page = await open(`/trace/${failed.traceId}`);
    await row(page, /evaluate rules/).click();
    const details = page.getByRole('complementary', { name: 'Span details' });
    await details.getByText('Show all 4.88 KiB').waitFor();
    expect((await details.innerText()).length).toBeLessThan(2000);
    await details.getByText('Show all').click();
    await expect.poll(async () => (await details.innerText()).length).toBeGreaterThan(5000);
    await details.getByLabel('Filter attributes').fill('service.name');
    await expect.poll(() => details.locator('dt', { hasText: 'rules.source' }).count()).toBe(0);
    await details.getByRole('button', { name: 'Show service.name as a column' }).click();
    await page.getByRole('columnheader', { name: 'service.name' }).waitFor();
    await details.getByRole('link', { name: 'Find traces with this service.name' }).click();
    await page.waitForURL(/\/search\?.*q=resource.service.name/);
    await page
      .getByRole('link', { name: /POST \/checkout/ })
      .first()
      .waitFor();
  });

  test('comes closer where the ruler is dragged over, and where the wheel turns', async () => {
    const page = await open(`/trace/${failed.traceId}`);
    const ruler = await boxOf(page.getByTestId('ruler'));
    const y = ruler.y + 10;
    await page.mouse.move(ruler.x + ruler.width * 0.25, y);
    await page.mouse.down();
    await page.mouse.move(ruler.x + ruler.width * 0.75, y, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/zoom=/);
    const [from, to] = zoomIn(page);
    expect(from).toBeCloseTo(0.25 * 720, -1);
    expect(to).toBeCloseTo(0.75 * 720, -1);
    await page.mouse.move(ruler.x + ruler.width / 2, y + 60);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await expect.poll(() => zoomIn(page)[1] - zoomIn(page)[0]).toBeLessThan(to - from - 1);
    expect((zoomIn(page)[0] + zoomIn(page)[1]) / 2).toBeCloseTo((from + to) / 2, 0);
    await page.mouse.dblclick(ruler.x + ruler.width / 2, y);
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
  });

  for (const view of ['waterfall', 'flame']) {
    test(`says the time at any width, no label over another (${view})`, async () => {
      const page = await app.open(`/trace/${failed.traceId}?view=${view}`);
      const ruler = page.getByTestId('ruler');
      await ruler.locator('span').first().waitFor();
      for (const width of [1920, 1440, 1000, 760, 500, 390]) {
        await page.setViewportSize({ width, height: 900 });
        // It is drawn again with the next frame.
        await expect
          .poll(async () => await labelsIn(ruler), { message: `${width} pixels` })
          .toEqual({
            few: false,
            over: [],
          });
      }

      async function labelsIn(within: Locator): Promise<{ few: boolean; over: object[] }> {
        const { x: left, width } = await boxOf(within);
        const labels = await within.locator('span', { hasText: /\d/ }).evaluateAll((spans) =>
          spans.map((span) => {
            const { left: from, right: to } = span.getBoundingClientRect();
            return { from, to };
          }),
        );
        const over = labels.filter(({ from, to }, at) => from < (labels[at - 1]?.to ?? left) || to > left + width);
        return { few: labels.length < (width < 300 ? 1 : 3), over };
      }
    });
  }

  test('is the same in a new profile, whatever was changed', async () => {
    const page = await open(`/trace/${broken.traceId}`);
    const changes: readonly (() => Promise<unknown>)[] = [
      () => page.getByRole('button', { name: 'Correct clocks' }).click(),
      () => page.keyboard.press('c'),
      () => row(page, /SELECT FROM items/).click(),
      () => page.keyboard.press('ArrowRight'),
      () => page.keyboard.press('j'),
      () => page.keyboard.press('w'),
      () => page.getByLabel('Find in this trace').fill('mail'),
      () => page.getByRole('separator').press('ArrowLeft'),
      () => page.getByRole('button', { name: 'Show service.name as a column' }).click(),
      () => page.getByLabel('Filter attributes').fill('service'),
      () => row(page, /payment payment.Payment\/Charge/).click(),
      () => page.keyboard.press('f'),
      () => page.getByRole('button', { name: 'By operation' }).click(),
      () => page.getByRole('button', { name: 'Self' }).click(),
      () => page.getByRole('button', { name: 'Parts and calls' }).click(),
      () => page.getByRole('button', { name: 'JSON' }).click(),
    ];
    for (const change of changes) {
      const before = page.url();
      await change();
      await page.waitForURL((url) => url.href !== before);
      await expectSameInNewProfile(app, page, async (shown) => shown.getByRole('heading').first().waitFor());
    }
  }, 120_000);

  test('is the same in a new profile: all spans of one that opens on its main part', async () => {
    const page = await open(`/trace/${failed.traceId}?rows=main`);
    await page.getByRole('button', { name: 'Expand all' }).click();
    await page.waitForURL((url) => url.searchParams.get('rows') !== 'main');
    await expectSameInNewProfile(app, page, settled);
  });

  test('sums the critical path by service up to the trace, as the API does', async () => {
    const page = await open(`/trace/${failed.traceId}?view=operations`, {}, (page) =>
      page.getByRole('table').first().waitFor(),
    );
    const { criticalPath } = (await app.pipeline.json(`/api/v1/traces/${failed.traceId}`)) as {
      criticalPath: { durationMs: number }[];
    };
    const sum = criticalPath.reduce((all, { durationMs }) => all + durationMs, 0);
    const root = failed.spans.find(({ parentSpanId }) => parentSpanId === '');
    const rootMs = Number((root?.endTimeUnixNano ?? 0n) - (root?.startTimeUnixNano ?? 0n)) / 1e6;
    expect(Math.abs(sum / rootMs - 1)).toBeLessThan(0.001);
    const cells = await page.getByRole('table').first().locator('tbody tr td:nth-child(3)').allTextContents();
    const shown = cells.reduce((all, text) => all + Number.parseFloat(text) * (text.includes('µs') ? 0.001 : 1), 0);
    expect(Math.abs(shown / rootMs - 1)).toBeLessThan(0.001 + 0.005 / cells.length);
    await shoot(page, 'trace-operations');
  });

  test('draws a flame graph', async () => {
    const page = await open(`/trace/${failed.traceId}?view=flame`, {}, (page) =>
      page.getByRole('img', { name: /Flame graph of 24/ }).waitFor(),
    );
    await shoot(page, 'trace-flame');
    await page.getByRole('img', { name: /Flame graph/ }).click({ position: { x: 300, y: 9 } });
    await page
      .getByRole('complementary', { name: 'Span details' })
      .getByRole('heading', { name: /POST \/checkout/ })
      .waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  test('is downloaded as OTLP JSON, and the file opens again where it is dropped', async () => {
    const page = await open(`/trace/${failed.traceId}?view=json`, {}, (page) =>
      page.getByText('"traceId"').first().waitFor(),
    );
    await shoot(page, 'trace-json');
    expect(await seriousViolations(page)).toEqual([]);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain(failed.traceId);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as OTLP JSON' }).click(),
    ]);
    const text = await readFile(await download.path(), 'utf8');
    expect(download.suggestedFilename()).toBe(`${failed.traceId}.json`);
    await page.goto(`${app.origin}/search`);
    await page.getByRole('heading').first().waitFor();
    const drop = (content: string) =>
      page.evaluate(`{
        const files = new DataTransfer();
        files.items.add(new File([${JSON.stringify(content)}], 'trace.json'));
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
      }`);
    // The listener comes with a chunk of its own.
    await expect
      .poll(async () => {
        await drop('no trace');
        return page.getByText('This file holds no trace').count();
      })
      .toBe(1);
    await drop(text);
    await page.waitForURL(/file=true/);
    await page.getByText('From a file').waitFor();
    await row(page, /INSERT charges/).waitFor();
  });

  test('follows an open trace until it is stored, and keeps it', async () => {
    const open1 = shopTrace(random, { startMs: Date.now() - 1000 });
    const [root, ...others] = open1.spans;
    const page = await app.open('/search');
    await page.getByRole('heading').first().waitFor();
    // Closed after 2 s, if the rest does not come: the browser is ready by now.
    await app.send(others);
    await page.goto(`${app.origin}/trace/${open1.traceId}`);
    await page.getByText(/^Open: closes at /).waitFor();
    await app.send([root].flatMap((span) => span ?? []));
    await page.getByText('Complete', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Keep' }).click();
    await page.getByText('Kept', { exact: true }).waitFor();
  });

  test('says why there is no trace', async () => {
    const page = await app.open('/search');
    // Refused ids are on the console, as they should be.
    app.tolerate(page, /status of 40[04]/);
    await page.goto(`${app.origin}/trace/not-an-id`);
    await page.getByText('This is no trace id').waitFor();
    await page.goto(`${app.origin}/trace/${random.hex(16)}`);
    await page.getByText('No span of this trace ever came').waitFor();
  });

  test('says that a trace is past its time, which is how long, or came before that if at all', async () => {
    const page = await app.open('/search');
    app.tolerate(page, /status of 404/);
    const traceId = random.hex(16);
    let reason = '';
    await page.route(`**/api/v1/traces/${traceId}`, (route) =>
      route.fulfill({
        status: 404,
        json: { error: { code: 'not_found', message: 'It is gone.', parameter: 'id', reason, retentionDays: 7 } },
      }),
    );
    for (const [answered, lang, title, help] of [
      ['expired', 'en', 'This trace was here, and its time is over', 'Traces are kept for 7 days; the figures still'],
      ['expired', 'zh-CN', '此链路曾在这里，但已过保存期', '链路保存 7 天；统计数据中仍有它。'],
      [
        'not_in_retention',
        'en',
        'No span of this trace came in the last 7 days',
        'Whether one came before is not known.',
      ],
      ['not_in_retention', 'zh-CN', '最近 7 天没有收到此链路的 Span', '更早之前是否收到过无从得知。'],
    ] as const) {
      reason = answered;
      await page.goto(`${app.origin}/trace/${traceId}?lang=${lang}`);
      await page.getByText(title, { exact: true }).waitFor();
      await page.getByText(help).waitFor();
      await page.getByText(traceId, { exact: true }).waitFor();
      // It does not come by itself any more.
      expect(await page.getByText(/It opens here by itself|会自动在此打开/).count()).toBe(0);
      await shoot(page, `trace-${answered}-${lang}`);
    }
  });

  test('is gone through without a pointer: from a query to the text of the SQL that failed', async () => {
    const page = await app.open('/search', {
      permissions: ['clipboard-read', 'clipboard-write'],
      initScript: noPointer,
    });
    await page.getByRole('combobox').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('root.operation = "POST /checkout" and status = error');
    await page.keyboard.press('Enter');
    await page.getByText('2 traces', { exact: true }).waitFor();
    const first = () => page.locator('a[data-row]').first().getAttribute('href');
    // The later one comes first, and is not the slowest.
    await expect.poll(first).toContain(failedSooner.traceId);
    const focused = (): Promise<string> => page.evaluate<string>('document.activeElement?.textContent ?? ""');
    for (let tabs = 0; tabs < 60 && !(await focused()).startsWith('Duration'); tabs++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/sort=duration/);
    await expect.poll(first).toContain(failed.traceId);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/trace/${failed.traceId}`));
    await settled(page);
    for (let errors = 0; errors < 4; errors++) await page.keyboard.press('e');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary').getByText(failingQuery).waitFor();
    await page.keyboard.press('y');
    const copied = await expect
      .poll(() => page.evaluate<string>('navigator.clipboard.readText()'))
      .toContain(`/trace/${failed.traceId}`)
      .then(() => page.evaluate<string>('navigator.clipboard.readText()'));
    expect(new URL(copied).searchParams.get('span')).toBe(failed.ids['charge']);
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
  });
});

async function settled(page: Page): Promise<void> {
  await page.getByRole('treegrid').getByRole('row').nth(1).waitFor();
}

function zoomIn(page: Page): [number, number] {
  const [from = 0, to = 0] = (new URL(page.url()).searchParams.get('zoom') ?? '').split('~').map(Number);
  return [from, to];
}
