import { SpanKind } from '@spanloom/span';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { audit } from '../harness/audit.ts';
import { storeOf } from '../harness/store.ts';
import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';
import { makeTrace } from '../load/traces.ts';
import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations } from './checks.ts';

const random = new Random(11);

/** Of `/api/v1/storage`. */
interface Storage {
  readonly attributes: readonly { readonly key: string; readonly spans: number; readonly bytes: number }[];
  readonly operations: readonly { readonly operation: string; readonly spans: number }[];
}

/** Ages and sizes go on while one looks, and with them the order of tables. */
const withoutFigures = (tree: string): string =>
  (tree.split('- heading "Tables"')[0] ?? '')
    .replaceAll(/[\d.,:]*\d/g, '0')
    .replaceAll(/0 (ms|s|min|h)\b/g, '0')
    .replaceAll(/0(?: 0)+/g, '0');

describe.skipIf(chromiumPath === undefined)('the pages of the pipeline and of rollups', () => {
  const app = useApp();
  let spans = 0;

  const shown = async (page: Page): Promise<void> => {
    await page.getByRole('cell', { name: 'spans_data' }).waitFor();
  };
  const factOf = async (page: Page, name: string): Promise<string> =>
    (await page
      .locator('dl > div', { has: page.locator('dt').getByText(name, { exact: true }) })
      .locator('dd')
      .textContent()) ?? '';

  // First, while nothing is stored.
  test('say what to do while nothing has come', async () => {
    const page = await app.open('/pipeline');
    await page.getByText('Nothing came through in this time range').waitFor();
    await page.getByText('Nothing is stored yet').waitFor();
    await shoot(page, 'pipeline-empty');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByText('Nothing was ever stored here.').waitFor();
    await page.getByRole('link', { name: 'Send the first span' }).click();
    await page.getByRole('heading', { name: 'Send spans here' }).waitFor();
  });

  describe('with traces', () => {
    beforeAll(async () => {
      const traces = Array.from({ length: 20 }, (_, at) => makeTrace(random, { startMs: Date.now() - 4000 + at * 50 }));
      const orphan = {
        traceId: random.hex(16),
        spanId: random.hex(8),
        parentSpanId: random.hex(8),
        service: 'checkout',
        name: 'orphan',
        kind: SpanKind.internal,
      };
      await app.send([...traces.flatMap(({ batches }) => batches.flat()), span(orphan)]);
      for (const trace of traces) await app.stored(trace.traceId, trace.spans);
      await app.stored(orphan.traceId, 1);
      spans = traces.reduce((sum, trace) => sum + trace.spans, 1);
    });

    test('have what came through, by figures that the API has, and bring themselves up to date', async () => {
      const page = await app.open('/pipeline');
      await shown(page);
      await expect.poll(() => factOf(page, 'Spans')).toContain(String(spans));
      expect(await factOf(page, 'Incomplete')).toBe('1 ');
      expect(await factOf(page, 'Dead letters')).toBe('0 ');
      const partition = page.getByRole('region', { name: 'Partitions' }).locator('tbody tr');
      expect(await partition.count()).toBe(1);
      const reasons = page.getByRole('region', { name: 'Why traces were closed' });
      expect(await reasons.textContent()).toContain('Whole and settled20');
      const service = page.getByRole('region', { name: 'Services by day' });
      expect(await service.locator('tbody tr').first().textContent()).toContain('All services');
      expect(await service.getByRole('row', { name: /payment/ }).textContent()).toMatch(/KiB|B/);
      expect(await page.getByRole('region', { name: 'Tables' }).textContent()).toContain('spans_data');
      const traceId = random.hex(16);
      await app.send([span({ traceId, spanId: random.hex(8), service: 'newcomer', name: 'hello' })]);
      await app.stored(traceId, 1);
      await expect.poll(() => factOf(page, 'Spans'), { timeout: 15_000 }).toContain(String(spans + 1));
      spans += 1;
    });

    test('say what fills the disk, the largest first, and what it comes to', async () => {
      const page = await app.open('/pipeline');
      await shown(page);
      const answer = (await (await fetch(`${app.origin}/api/v1/storage?days=7`)).json()) as Storage;
      const [first] = answer.attributes;
      expect(answer.attributes.map(({ bytes }) => bytes)).toEqual(
        answer.attributes.map(({ bytes }) => bytes).toSorted((a, b) => b - a),
      );
      const rows = (table: string): Promise<string[][]> =>
        page
          .getByRole('region', { name: table })
          .locator('tbody tr')
          .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
      const attributes = await rows('Largest attributes');
      expect(attributes.map(([key, spansWith]) => [key, spansWith])).toEqual(
        answer.attributes.map(({ key, spans: spansWith }) => [key, String(spansWith)]),
      );
      const operations = await rows('Largest operations');
      expect(operations.map(([, operation, calls]) => [operation, calls])).toEqual(
        answer.operations.map(({ operation, spans: calls }) => [operation, String(calls)]),
      );
      expect(await factOf(page, 'At the present retention')).toBe('too early to say ');

      await page.getByRole('region', { name: 'Largest attributes' }).getByRole('link').first().click();
      await page.locator('a[data-row]').first().waitFor();
      expect(new URL(page.url()).searchParams.get('q')).toBe(`exists span.${JSON.stringify(first?.key)}`);
    });

    test('say what the disk will hold, once that can be told', async () => {
      const page = await app.open('/rollups');
      const gib = 2 ** 30;
      const projection = { basedOnDays: 2, traceBytesPerDay: 10 * gib, figureBytesPerDay: gib, bytesOnDisk: 160 * gib };
      await page.route('**/api/v1/storage?*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), projection } });
      });
      await page.getByRole('link', { name: 'Pipeline', exact: true }).click();
      await shown(page);
      expect(await factOf(page, 'At the present retention')).toBe('160 GiB ');
      const told = page.getByText('10.0 GiB of traces a day for');
      expect(await told.textContent()).toBe(
        '10.0 GiB of traces a day for 7 days, 1.00 GiB of figures a day for 90 days · From the last 2 whole days.',
      );
    });

    test('count what waits for its end', async () => {
      const page = await app.open('/pipeline');
      const traceId = random.hex(16);
      const parentSpanId = random.hex(8);
      let sent = 0;
      const seen = async (): Promise<string> => {
        // Each one puts the end off.
        await app.send([span({ traceId, parentSpanId, spanId: random.hex(8), service: 'slow', name: 'step' })]);
        sent += 1;
        await page.reload();
        await shown(page);
        return await factOf(page, 'Open traces');
      };
      await expect.poll(seen, { timeout: 20_000, interval: 100 }).toMatch(/^1 [1-9]\d* spans?$/);
      const row = page.getByRole('region', { name: 'Partitions' }).locator('tbody tr');
      expect(await row.locator('td').nth(4).textContent()).toBe('1');
      expect(await row.locator('td').nth(5).textContent()).toMatch(/^\d[\d.]* (ms|s)$/);
      await shoot(page, 'pipeline-open');
      await app.stored(traceId, sent);
      spans += sent;
      await expect.poll(() => factOf(page, 'Open traces'), { timeout: 20_000 }).toBe('0 ');
    });

    test('lead out of an empty window to where the last span is', async () => {
      const page = await app.open('/pipeline?from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z&metric=late');
      await page.getByText('Nothing came through in this time range').waitFor();
      await page.getByText(/^The last span came \d+ (sec|min)\. ago\./).waitFor();
      await shoot(page, 'pipeline-other-window');
      await page.getByRole('link', { name: 'Go there' }).click();
      await expect.poll(() => factOf(page, 'Spans')).toContain(String(spans));
      expect(new URL(page.url()).searchParams.get('metric')).toBe('late');
    });

    test('hatch the bars of what may still grow', async () => {
      const page = await app.open('/rollups');
      let completeTo = '';
      await page.route('**/api/v1/pipeline?*', async (route) => {
        const answer = await route.fetch();
        const body = (await answer.json()) as { to: string };
        await route.fulfill({ json: { ...body, completeTo: completeTo === '' ? body.to : completeTo } });
      });
      const to = new Date(Math.ceil(Date.now() / 60_000) * 60_000);
      const from = new Date(to.getTime() - 30 * 60_000);
      /** Of each bar whether it is hatched, and whether it is said to be filling. */
      const bars = async () => {
        await page.goto(`${app.origin}/pipeline?from=${from.toISOString()}&to=${to.toISOString()}`);
        await shown(page);
        return page.evaluate<[boolean, boolean][]>(`[...document.querySelectorAll('svg > g')].map((bar) => {
          const [drawn] = bar.querySelectorAll('rect');
          const [, id] = /^url\\("#(.*)"\\)$/.exec(getComputedStyle(drawn).fill) ?? [];
          return [id !== undefined && document.getElementById(id)?.localName === 'pattern',
            bar.querySelector('title').textContent.endsWith('still filling')];
        })`);
      };
      const whole = await bars();
      // The last step may go beyond the window.
      expect(whole.slice(0, -1).filter(([hatched, said]) => hatched || said)).toEqual([]);
      const stepMs = (30 * 60_000) / 60;
      completeTo = new Date(from.getTime() + 10 * stepMs).toISOString();
      const some = await bars();
      expect(some.length).toBeGreaterThan(20);
      expect(some).toEqual(some.map((_, at) => [at >= 10, at >= 10]));
      await shoot(page, 'pipeline-hatched');
    });

    test('say what the last audit found', async () => {
      const page = await app.open('/pipeline');
      const last = page.getByRole('region', { name: 'Last audit' });
      await last.getByText('None in the last 90 days.').waitFor();
      const report = await audit(app.dataDir);
      expect(report.clean).toBe(true);
      const chunks = report.partitions[0]?.acknowledged ?? 0;
      await page.reload();
      await last.getByText('Clean', { exact: true }).waitFor();
      expect(await last.textContent()).toContain(`Chunks acknowledged: ${chunks}. Stored: ${chunks}, dead letters: 0`);
      expect(await last.textContent()).toContain('One partition.');

      const store = storeOf(app.dataDir);
      const wrong = { acknowledged: 1_234_567, stored: 1_234_500, missing: 60, doubled: 2, clean: false };
      const rest = { durationMs: 8_250, partitions: 4, deadLettered: 0, inFlight: 7, unknown: 0, expiredUnread: 0 };
      await store.recordAudit({ stream: report.stream, endedMs: Date.now(), ...wrong, ...rest });
      await store.close();
      await page.reload();
      await last.getByText('60 missing').waitFor();
      await last.getByText('2 doubled').waitFor();
      expect(await last.textContent()).toContain('took 8.25 s');
      expect(await last.getByText('Clean', { exact: true }).count()).toBe(0);
      await last.scrollIntoViewIfNeeded();
      await shoot(page, 'pipeline-audit');
    });

    for (const theme of ['light', 'dark']) {
      for (const lang of ['en', 'zh-CN', 'en-XA']) {
        test(`can be read and used by all (${theme}, ${lang})`, async () => {
          const page = await app.open(`/pipeline?theme=${theme}&lang=${lang}`);
          await shown(page);
          await shoot(page, `pipeline-${theme}-${lang}`);
          expect(await seriousViolations(page)).toEqual([]);
          expect(await cutTexts(page)).toEqual([]);
          expect(await scrollsSideways(page)).toBe(false);
        });
      }
    }

    test('keep every choice in the URL, made with the keyboard alone', async () => {
      const page = await app.open('/pipeline');
      await shown(page);
      const press = async (name: string): Promise<void> => {
        const isFocused = async (): Promise<boolean> =>
          (await page.evaluate<string>('document.activeElement?.textContent ?? ""')) === name;
        for (let presses = 0; presses < 60 && !(await isFocused()); presses++) await page.keyboard.press('Tab');
        expect(await isFocused(), `${name} can be reached`).toBe(true);
        await page.keyboard.press('Enter');
      };
      await press('Late');
      await page.waitForURL(/metric=late/);
      await press('As a table');
      await page.waitForURL(/table=true/);
      await page.getByRole('region', { name: /Over time in/ }).waitFor();
      await press('30 days');
      await page.waitForURL(/days=30/);
      await page.locator('dt', { hasText: 'Spans in the last 30 days' }).waitFor();
      await expectSameInNewProfile(app, page, shown, withoutFigures);
    });

    test('lead to the traces behind a figure', async () => {
      const page = await app.open('/pipeline');
      await shown(page);
      await page.locator('dl').first().getByRole('link', { name: '2', exact: true }).click();
      await page.waitForURL(/\/search\?/);
      expect(new URL(page.url()).searchParams.get('q')).toBe('trace.verdict = incomplete');
    });

    test('say what went wrong, and come back', async () => {
      const page = await app.open('/rollups');
      // The browser itself notes such an answer on its console.
      app.tolerate(page, /status of 422/);
      await page.route('**/api/v1/pipeline?*', (route) =>
        route.fulfill({
          status: 422,
          json: { error: { code: 'too_much', message: 'This takes more than 20 s.', parameter: null } },
        }),
      );
      await page.getByRole('link', { name: 'Pipeline', exact: true }).click();
      const alert = page.getByRole('alert');
      await alert.getByText('This takes more than 20 s.').waitFor();
      await page.unroute('**/api/v1/pipeline?*');
      await alert.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('region', { name: 'Partitions' }).waitFor();
    });

    test('list runs of rollups, and the newest result of one', async () => {
      const page = await app.open('/rollups');
      await page.getByRole('link', { name: 'error-budget' }).first().click({ timeout: 60_000 });
      await page.getByRole('heading', { name: 'Rollup error-budget' }).waitFor();
      await page.getByText('The result is empty.').waitFor();
      await shoot(page, 'rollups');
      const cells = await page
        .getByRole('region', { name: 'Runs' })
        .locator('tbody tr')
        .first()
        .locator('td')
        .allTextContents();
      const [name, ran, rows] = cells;
      expect(name).toMatch(/^error-budget/);
      expect(ran).toMatch(/^\d{4}-\d{2}-\d{2} 00:00 – \d{4}-\d{2}-\d{2} 00:00$/);
      expect(rows).toBe('0');
      await page.getByRole('button', { name: 'failed', exact: true }).click();
      await page.getByText('There is no such run').waitFor();
      await expectSameInNewProfile(app, page, (page) => page.getByText('There is no such run').waitFor());
    });

    for (const theme of ['light', 'dark']) {
      for (const lang of ['en', 'zh-CN']) {
        test(`rollups can be read and used by all (${theme}, ${lang})`, async () => {
          const page = await app.open(`/rollups?theme=${theme}&lang=${lang}`);
          await page.getByRole('table').waitFor();
          await shoot(page, `rollups-${theme}-${lang}`);
          expect(await seriousViolations(page)).toEqual([]);
          expect(await cutTexts(page)).toEqual([]);
          expect(await scrollsSideways(page)).toBe(false);
        });
      }
    }
  });
});
