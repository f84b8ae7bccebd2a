import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';
import { quickFlags, useApp } from './app.ts';
import { chromiumPath } from './browser.ts';
import { expectSameInNewProfile } from './checks.ts';
import { type ShopTrace, shopTrace } from './shop-trace.ts';

const random = new Random(31);

interface Found {
  readonly traces: readonly { readonly traceId: string }[];
}

describe.skipIf(chromiumPath === undefined)('the ways from a trace, and within it', () => {
  const link = 'Logs=https://logs.example/?q={trace.id}&pod={span.k8s.pod.name}&from={trace.start}';
  const app = useApp([...quickFlags, '--link', link]);
  let failed: ShopTrace;
  let usual: readonly ShopTrace[];
  const later = { traceId: random.hex(16), spanId: random.hex(8) };

  beforeAll(async () => {
    const startMs = Date.now() - 60_000;
    usual = Array.from({ length: 4 }, (_, at) => shopTrace(random, { startMs: startMs + at * 100 }));
    failed = shopTrace(random, { startMs: startMs + 5000, failing: true });
    const ledTo = {
      ...span({ ...later, service: 'mailer', name: 'remind', startMs: startMs + 9000 }),
      links: [
        {
          traceId: failed.traceId,
          spanId: failed.ids['smtp'] ?? '',
          traceState: '',
          attributes: [],
          droppedAttributesCount: 0,
          flags: 0,
        },
      ],
    };
    await app.store([...usual, failed, { traceId: later.traceId, spans: [ledTo] }]);
  });

  const row = (page: Page, name: string | RegExp) => page.getByRole('row', { name }).first();
  const details = (page: Page) => page.getByRole('complementary', { name: 'Span details' });
  const query = (page: Page) => new URL(page.url()).searchParams.get('q');

  async function searchThenOpen(search: string, name: RegExp): Promise<Page> {
    const page = await app.open(`/search?${search}`);
    await page.getByRole('row', { name }).first().getByRole('link').click();
    await page.getByRole('treegrid').getByRole('row').nth(1).waitFor();
    return page;
  }

  test('a filter adds to the query that found the trace, with its window, and finds the trace again', async () => {
    const q = 'service = nobody or status = error';
    const page = await searchThenOpen(`q=${encodeURIComponent(q)}&from=now-3h&sort=spans`, /POST \/checkout/);
    await row(page, /INSERT charges/).click();
    await details(page).getByRole('link', { name: 'Find traces with this db.namespace' }).click();
    await page.waitForURL(/\/search\?/);
    const added = `{${q}} and {span.db.namespace = "payments"}`;
    await expect.poll(() => query(page)).toBe(added);
    expect(new URL(page.url()).searchParams.get('from')).toBe('now-3h');
    expect(new URL(page.url()).searchParams.get('sort')).toBe('spans');
    await page.getByText('1 trace', { exact: true }).waitFor();
    // And another one, to what it is by now; "without" leaves the trace out.
    await page
      .getByRole('row', { name: /POST \/checkout/ })
      .first()
      .getByRole('link')
      .click();
    await row(page, /INSERT charges/).click();
    await details(page).getByRole('link', { name: 'Find traces without this db.system.name' }).click();
    await expect.poll(() => query(page)).toBe(`${added} and not {span.db.system.name = "postgresql"}`);
    await page.getByText('No trace matches').waitFor();
  });

  test('a filter is a query of its own where no search led to the trace', async () => {
    const page = await app.open(`/trace/${failed.traceId}`);
    await row(page, /INSERT charges/).click();
    await details(page).getByRole('link', { name: 'Find traces with this db.namespace' }).click();
    await expect.poll(() => query(page)).toBe('span.db.namespace = "payments"');
    await page.getByText('5 traces', { exact: true }).waitFor();
  });

  test('] and [ go through what was found, in its order', async () => {
    const q = 'root.operation = "POST /checkout"';
    const page = await searchThenOpen(`q=${encodeURIComponent(q)}&sort=duration`, /POST \/checkout/);
    const { traces } = (await app.pipeline.json(
      `/api/v1/search?q=${encodeURIComponent(q)}&sort=duration&from=now-1h`,
    )) as Found;
    const shown = () => new URL(page.url()).pathname.split('/').at(-1);
    expect(traces).toHaveLength(5);
    for (const [at, { traceId }] of traces.entries()) {
      if (at > 0) await page.keyboard.press(']');
      await expect.poll(shown).toBe(traceId);
      await page.getByText(`${at + 1}/5`).waitFor();
    }
    // Behind the last is nothing.
    await page.keyboard.press(']');
    await page.keyboard.press('[');
    await expect.poll(shown).toBe(traces[3]?.traceId);
    await page.getByText('4/5').waitFor();
    await expectSameInNewProfile(app, page, (page) => page.getByText('4/5').waitFor());
  });

  test('a copied link goes on in the list that the trace is from, and its filters too', async () => {
    const q = 'root.operation = "POST /checkout"';
    const found = await searchThenOpen(`q=${encodeURIComponent(q)}&from=now-3h`, /POST \/checkout/);
    const page = await app.open(found.url().slice(app.origin.length));
    await page.getByText('1/5').waitFor();
    await page.keyboard.press(']');
    await page.getByText('2/5').waitFor();
    await row(page, /POST \/checkout/).click();
    await details(page).getByRole('link', { name: 'Find traces without this http.route' }).click();
    await page.waitForURL(/\/search\?/);
    await expect.poll(() => query(page)).toBe(`{${q}} and not {span.http.route = "/checkout"}`);
    expect(new URL(page.url()).searchParams.get('from')).toBe('now-3h');
  });

  test('of the list only what is needed is in the link', async () => {
    const page = await searchThenOpen('', /POST \/checkout/);
    expect(new URL(page.url()).search).toMatch(/^\?list=[0-9a-z]{8}-[0-9a-z]{8}$/);
    const ends = {
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 1000).toISOString(),
    };
    const fixed = await searchThenOpen(new URLSearchParams(ends).toString(), /POST \/checkout/);
    expect(Object.fromEntries(new URL(fixed.url()).searchParams)).toEqual(ends);
    for (const each of [page, fixed]) await each.getByText(/[1-6]\/6/).waitFor();
  });

  test('a trace does not wait for the list that it is from, nor is that asked for any more when it is left', async () => {
    const found = await searchThenOpen('', /POST \/checkout/);
    const page = await app.open('/rollups');
    const asked = page.waitForRequest(/\/api\/v1\/search\?/);
    await page.route(/\/api\/v1\/search\?/, () => {});
    await page.goto(found.url());
    await row(page, /POST \/checkout/).waitFor();
    const given = page.waitForEvent('requestfailed', async (request) => request === (await asked));
    await asked;
    await page.getByRole('link', { name: 'Rollups' }).click();
    expect((await given).failure()?.errorText).toContain('ERR_ABORTED');
  });

  test('f shows one subtree over the whole width, and all of it again', async () => {
    const page = await app.open(`/trace/${failed.traceId}`);
    await row(page, /payment payment.Payment\/Charge/).click();
    await page.keyboard.press('f');
    await expect.poll(() => page.getByRole('treegrid').getByRole('row').count()).toBe(3);
    await page.getByText('Only below payment.Payment/Charge').waitFor();
    expect(new URL(page.url()).searchParams.get('focus')).toBe(failed.ids['payment']);
    const track = row(page, /payment payment.Payment\/Charge/)
      .getByRole('gridcell')
      .last();
    const [bar, whole] = [await track.locator('div').first().boundingBox(), await track.boundingBox()];
    expect((bar?.width ?? 0) / (whole?.width ?? 1)).toBeGreaterThan(0.98);
    await page.keyboard.press('f');
    await row(page, /cart.Cart\/Get/).waitFor();
    await page.waitForURL((url) => !url.searchParams.has('focus'));
    // Back goes to the subtree.
    await page.goBack();
    await expect.poll(() => page.getByRole('treegrid').getByRole('row').count()).toBe(3);
  });

  test('w and s zoom about the selected span, a and d go along the time', async () => {
    const page = await app.open(`/trace/${failed.traceId}`);
    await row(page, /INSERT charges/).click();
    await page.waitForURL(/[?&]span=/);
    const zoom = () => (new URL(page.url()).searchParams.get('zoom') ?? '').split('~').map(Number) as [number, number];
    const press = async (key: string): Promise<[number, number]> => {
      const before = page.url();
      await page.keyboard.press(key);
      await page.waitForURL((url) => url.href !== before);
      return zoom();
    };
    const first = await press('w');
    const second = await press('w');
    expect((second[1] - second[0]) / (first[1] - first[0])).toBeCloseTo(1 / 1.5, 2);
    const length = second[1] - second[0];
    const earlier = await press('a');
    expect(earlier[0]).toBeLessThan(second[0]);
    expect(earlier[1] - earlier[0]).toBeCloseTo(length, 3);
    expect((await press('d'))[0]).toBeCloseTo(second[0], 3);
    expect((await press('s'))[1] - zoom()[0]).toBeCloseTo(first[1] - first[0], 1);
    await page.keyboard.press('s');
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
  });

  test('links of the settings lead from the spans that have their values', async () => {
    const page = await app.open(`/trace/${failed.traceId}`);
    await row(page, /payment payment.Payment\/Charge/).click();
    const pod = failed.spans
      .find(({ spanId }) => spanId === failed.ids['payment'])
      ?.attributes.find(({ key }) => key === 'k8s.pod.name')?.value;
    const logs = details(page).getByRole('navigation', { name: 'Leads to' }).getByRole('link', { name: 'Logs' });
    const url = new URL((await logs.getAttribute('href')) ?? '');
    expect(url.origin).toBe('https://logs.example');
    expect(url.searchParams.get('q')).toBe(failed.traceId);
    expect(pod).toEqual({ type: 'string', value: url.searchParams.get('pod') });
    const root = failed.spans.find(({ spanId }) => spanId === failed.ids['root']);
    expect(url.searchParams.get('from')).toBe(String((root?.startTimeUnixNano ?? 0n) / 1_000_000n));
    expect(await logs.getAttribute('rel')).toContain('noreferrer');
    // This one has no pod.
    await row(page, /INSERT charges/).click();
    await details(page).getByText('INSERT charges').first().waitFor();
    await expect.poll(() => logs.count()).toBe(0);
  });

  test('a span names what it led to in another trace, and that one what led to it', async () => {
    const page = await app.open(`/trace/${failed.traceId}?span=${failed.ids['smtp']}&details=true`);
    await details(page).getByRole('heading', { name: 'Linked from 1 span' }).waitFor();
    await details(page)
      .getByRole('link', { name: /mailer remind/ })
      .click();
    await page.waitForURL(new RegExp(later.traceId));
    await details(page)
      .getByRole('heading', { name: /^remind/ })
      .waitFor();
    await details(page).getByRole('heading', { name: '1 link' }).waitFor();
    await details(page)
      .getByRole('link', { name: failed.traceId.slice(0, 16) })
      .click();
    await page.waitForURL(new RegExp(failed.traceId));
    await details(page)
      .getByRole('heading', { name: /SMTP send/ })
      .waitFor();
    // Its other spans led to nothing.
    await row(page, /mailer process mail/).click();
    await expect
      .poll(() =>
        details(page)
          .getByRole('heading', { name: /^Linked from/ })
          .count(),
      )
      .toBe(0);
  });
});
