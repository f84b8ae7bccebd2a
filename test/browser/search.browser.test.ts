import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { SpanKind } from '@spanloom/span';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';
import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { boxOf, cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations } from './checks.ts';
import { type Shop, hostile, sendShop } from './shop.ts';

interface Found {
  readonly total: { readonly count: number };
  readonly traces: readonly { readonly traceId: string; readonly durationMs: number; readonly startTime: string }[];
}

const random = new Random(11);
/** Of the page, in pixels. */
const rowHeight = 30;
const patient = { timeout: 10_000 };
/** More than a page of results. */
const wholes = 70;
const found = wholes + 3;

describe.skipIf(chromiumPath === undefined)('search', () => {
  const app = useApp();
  let shop: Shop;

  const rows = (page: Page) => page.locator('a[data-row]');
  const shown = async (page: Page): Promise<void> => {
    await rows(page).first().waitFor();
  };
  /** Up to when figures are complete moves on by itself, and a relative window, whose ends a list and a cursor keep. */
  const still = (tree: string) => tree.replace(/Complete to\s*- time: .*/, '').replace(/(?:cursor|list)=[^\s&]+/g, '');
  const ids = async (page: Page) =>
    page.evaluate<string[]>(
      '[...document.querySelectorAll("a[data-row]")].map((link) => new URL(link.href).pathname.slice(-32))',
    );

  // First, while nothing is stored.
  test('shows how to send a first span, and becomes its trace within 2 s, without a reload', async () => {
    const page = await app.open('/');
    await page.getByRole('heading', { name: 'Send spans here' }).waitFor();
    for (const name of ['Python', 'Java', 'Go', '.NET', 'Node.js']) {
      await page.getByRole('tab', { name, exact: true }).click();
      const snippet = page.locator('pre');
      await page.getByRole('tabpanel', { name, exact: true }).waitFor();
      expect(await snippet.textContent()).toContain(`http://127.0.0.1:${app.pipeline.ports.http}`);
    }
    await shoot(page, 'first-span');
    await expectSameInNewProfile(app, page, (page) => page.locator('pre').waitFor());
    await page.getByRole('tab', { name: 'curl' }).click();
    const snippet = page.locator('pre', { hasText: 'curl http' });
    await page.evaluate('document.documentElement.dataset.mark = "same page"');
    expect(await seriousViolations(page)).toEqual([]);

    await promisify(execFile)('sh', ['-c', (await snippet.textContent()) ?? '']);
    const acknowledgedMs = performance.now();
    await page.waitForURL(/\/trace\/[0-9a-f]{32}/);
    expect(performance.now() - acknowledgedMs).toBeLessThan(2000);
    expect(await page.evaluate<string>('document.documentElement.dataset.mark')).toBe('same page');
  });

  describe('with traces of a small system', () => {
    beforeAll(async () => {
      shop = await sendShop(app, { wholes });
    });

    test('lands on what goes on: recent traces, slowest calls, services', async () => {
      const page = await app.open('/');
      await shown(page);
      const map = page.getByRole('region', { name: 'Services and what they call' });
      await map.getByRole('link', { name: /^checkout/ }).waitFor();
      await page.getByRole('link', { name: / → / }).first().waitFor();
      await shoot(page, 'landing');
      const p95 = await page.locator('section[aria-label="Slowest calls"] tbody td:nth-child(2)').allTextContents();
      expect(p95.length).toBeGreaterThan(5);
      for (const figure of p95) expect(figure).toMatch(/^\d[\d.]{2,3} (µs|ms|s)$/);
      await page.getByRole('combobox', { name: 'Query' }).fill('service = payment');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/search\?q=service/);
    });

    test('finds all traces, counts them, and marks only what is wrong', async () => {
      const page = await app.open('/search');
      await shown(page);
      expect(await page.getByText(`${found} traces`).count()).toBe(1);
      const broken = page.getByRole('row', { name: /GET \/broken/ });
      await broken.getByText('the parent of checkout orphan never came').waitFor();
      expect(await broken.textContent()).toContain('1 error');
      expect(await broken.textContent()).toContain('incomplete');
      const whole = page.locator('tr', { has: page.locator(`a[href*="${shop.wholeIds.at(-1)}"]`) });
      expect(await whole.locator('td').last().textContent()).toBe('');
      await shoot(page, 'search');
    });

    test('sorts the whole window, and pages through it', async () => {
      const page = await app.open('/search?from=now-15m');
      await shown(page);
      await page.getByRole('button', { name: 'Duration' }).click();
      await page.waitForURL(/sort=duration/);
      expect(page.url()).toContain('from=now-15m');
      const answer = (await app.pipeline.json('/api/v1/search?from=now-15m&sort=duration&limit=1000')) as Found;
      const wanted = answer.traces.map(({ traceId }) => traceId);
      await expect.poll(() => ids(page), patient).toEqual(wanted.slice(0, 50));
      await page.getByRole('link', { name: 'Next page' }).click();
      await expect.poll(() => ids(page), patient).toEqual(wanted.slice(50));
      await expectSameInNewProfile(app, page, shown, still);
      await page.getByRole('link', { name: 'First page' }).click();
      await expect.poll(() => ids(page), patient).toEqual(wanted.slice(0, 50));
    });

    test('a trace finds its place in the list behind the first page, too', async () => {
      const page = await app.open('/search');
      await shown(page);
      const { traces } = (await app.pipeline.json('/api/v1/search?from=now-1h&limit=1000')) as Found;
      const [first, behind] = [traces[0]?.traceId ?? '', traces[60]?.traceId ?? ''];
      const link = await page.locator(`a[href*="${first}"]`).getAttribute('href');
      await page.goto(app.origin + (link ?? '').replace(first, behind));
      await page.getByText(`61/${traces.length}`).waitFor();
      await page.keyboard.press(']');
      await page.getByText(`62/${traces.length}`).waitFor();
      expect(new URL(page.url()).pathname).toContain(traces[61]?.traceId);
    });

    test('copies a link whose window stands still, to the same rows', async () => {
      const page = await app.open('/search?q=service+%3D+payment&from=now-3h&sort=spans', {
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      await shown(page);
      await page.getByRole('button', { name: /^Time range/ }).click();
      await page.getByRole('button', { name: 'Copy fixed link' }).click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      const { pathname, search } = new URL(await page.evaluate<string>('navigator.clipboard.readText()'));
      const { from, to, ...others } = Object.fromEntries(new URLSearchParams(search));
      expect(others).toEqual({ q: 'service = payment', sort: 'spans' });
      for (const end of [from, to]) expect(end).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(3 * 3_600_000);
      const other = await app.open(pathname + search);
      await shown(other);
      expect(await ids(other)).toEqual(await ids(page));
      // The page itself goes on with the clock.
      expect(new URL(page.url()).searchParams.get('from')).toBe('now-3h');
    });

    test('underlines a wrong word and offers the nearest right one', async () => {
      const page = await app.open('/search');
      await shown(page);
      // That the answer is 400 is on the console, as it should be.
      const refusals = app.tolerate(page, /status of 400/);
      await page.getByRole('combobox', { name: 'Query' }).fill('servce = cart');
      await page.keyboard.press('Enter');
      const problem = page.getByRole('alert');
      await problem.waitFor();
      expect(await page.locator('[class*=wrong]').textContent()).toBe('servce');
      // The line is below the word, as what bears it is written as the box is.
      const [box, behind] = await page.evaluate<string[]>(`['input', 'div'].map((name) => {
        const style = getComputedStyle(document.querySelector('search ' + name + ':is(input, [aria-hidden])'));
        const names = ['font', 'fontVariantLigatures', 'fontVariantNumeric', 'letterSpacing', 'paddingLeft', 'paddingTop'];
        return names.map((name) => name + ': ' + style[name]).join(', ');
      })`);
      expect(behind).toBe(box);
      await shoot(page, 'wrong-word');
      expect(await seriousViolations(page)).toEqual([]);
      await problem.getByRole('button', { name: 'Use service' }).click();
      await page.waitForURL(/q=service\+%3D\+cart/);
      await shown(page);
      expect(refusals).toHaveLength(1);
    });

    test('filters by time and duration with a box', async () => {
      const page = await app.open('/search?from=now-5m');
      await shown(page);
      const plot = await boxOf(page.locator('.u-over'));
      await page.mouse.move(plot.x + plot.width * 0.6, plot.y + 5);
      await page.mouse.down();
      await page.mouse.move(plot.x + plot.width - 5, plot.y + plot.height * 0.7, { steps: 5 });
      await page.mouse.up();
      await page.waitForURL(/q=trace.duration/);
      const url = new URL(page.url());
      expect(url.searchParams.get('q')).toMatch(
        /^trace\.duration >= [\d.]+(us|ms|s) and trace\.duration <= [\d.]+(us|ms|s)$/,
      );
      expect(Date.parse(url.searchParams.get('from') ?? '')).toBeGreaterThan(Date.now() - 180_000);
      const answer = (await app.pipeline.json(`/api/v1/search${url.search}&limit=1000`)) as Found;
      expect(answer.total.count).toBeGreaterThan(0);
      expect(answer.total.count).toBeLessThan(found);
      await page.getByText(new RegExp(`^${answer.total.count} traces?$`)).waitFor();
      await expectSameInNewProfile(app, page, shown, still);
    });

    test('says what each part of a query finds alone, and drops one at a click', async () => {
      const page = await app.open('/search?q=service+%3D+cart+and+duration+%3E+1h');
      const clause = page.getByRole('listitem').filter({ hasText: 'service = cart' });
      expect(await clause.textContent()).toMatch(/finds [1-9]\d* traces alone/);
      await page.getByRole('listitem').filter({ hasText: 'duration > 1h' }).getByText('finds 0 traces alone').waitFor();
      await shoot(page, 'no-results');
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('link', { name: 'Drop it: duration > 1h' }).click();
      await shown(page);
      expect(new URL(page.url()).searchParams.get('q')).toBe('service = cart');
    });

    test('leads out of an empty window to where the last span is', async () => {
      const page = await app.open('/search?from=2026-01-01T00%3A00%3A00Z&to=2026-01-01T01%3A00%3A00Z');
      await page.getByText('No trace began in this time').waitFor();
      await page.getByText(/^The last span came \d+ (sec|min)\. ago\./).waitFor();
      await page.getByRole('link', { name: 'Go there' }).click();
      await shown(page);
      await page.goto(`${app.origin}/search?from=now-1s`);
      await page.getByRole('link', { name: 'Go there' }).click();
      await shown(page);
      // The last one is in the window, and does not match.
      await page.goto(`${app.origin}/search?q=service+%3D+nobody`);
      await page.getByText('finds 0 traces alone').waitFor();
      expect(await page.getByRole('link', { name: 'Go there' }).count()).toBe(0);
    });

    test('says times in the zone of who looks, and in UTC where the pointer rests', async () => {
      const page = await app.open('/search', { timezoneId: 'Asia/Shanghai' });
      await shown(page);
      const { traces } = (await app.pipeline.json('/api/v1/search?limit=1000')) as Found;
      const traceId = shop.wholeIds.at(-1);
      const startMs = Date.parse(traces.find((each) => each.traceId === traceId)?.startTime ?? '');
      const time = page.locator('tr', { has: page.locator(`a[href*="${traceId}"]`) }).locator('time');
      const clock = new Date(startMs + 8 * 3_600_000).toISOString().slice(11, 19);
      expect(await time.textContent()).toMatch(new RegExp(`(^|[ ,])${clock}$`));
      expect(await time.getAttribute('title')).toBe(
        new Date(startMs).toISOString().replace('T', ' ').replace('Z', ' UTC'),
      );
      const complete = page.getByText('Complete to').locator('time');
      expect(await complete.getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC$/);
    });

    test('tells of new traces, and moves no row by itself', async () => {
      const page = await app.open('/search');
      await shown(page);
      await page.getByText('the parent of checkout orphan never came').waitFor();
      const before = await page.locator('tbody').innerText();
      const traceId = random.hex(16);
      await app.send([
        span({ traceId, spanId: random.hex(8), service: 'frontend', name: 'newcomer', kind: SpanKind.server }),
      ]);
      const announced = page.getByRole('button', { name: '1 new' });
      await announced.waitFor();
      expect(await page.locator('tbody').innerText()).toBe(before);
      await announced.click();
      await page.getByRole('row', { name: /newcomer/ }).waitFor();
      await expect.poll(() => announced.count(), patient).toBe(0);
    });

    test('is used with the keyboard alone, and loads the trace of the row in focus ahead', async () => {
      const page = await app.open('/');
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await shown(page);
      await page.keyboard.press('/');
      await page.keyboard.type('service = payment');
      await page.keyboard.press('Enter');
      await page.waitForURL(/q=service/);
      await page.getByText(/^\d+ traces$/).waitFor();
      await shown(page);
      const first = /\/trace\/(\w{32})/.exec((await rows(page).first().getAttribute('href')) ?? '')?.[1] ?? '';
      const loaded = page.waitForResponse((response) => response.url().includes(`/api/v1/traces/${first}`));
      await page.keyboard.press('j');
      await loaded;
      await page.keyboard.press('Enter');
      await page.waitForURL(`${app.origin}/trace/${first}?*`);
      await page.keyboard.press('y');
      await expect.poll(() => page.evaluate<string>('navigator.clipboard.readText()'), patient).toBe(page.url());
      await page.keyboard.press('Escape');
      await page.waitForURL(/\/search\?q=/);
      await shown(page);
    });

    test('comes back to the same place', async () => {
      const page = await app.open('/search');
      await shown(page);
      const row = rows(page).nth(40);
      await row.scrollIntoViewIfNeeded();
      const before = await page.evaluate<number>('scrollY');
      expect(before).toBeGreaterThan(300);
      await row.click();
      await page.waitForURL(/\/trace\//);
      await page.getByRole('treegrid').waitFor();
      await page.goBack();
      await shown(page);
      await expect
        .poll(async () => Math.abs((await page.evaluate<number>('scrollY')) - before), patient)
        .toBeLessThan(rowHeight);
    });

    test('shows names as text, whatever they contain', async () => {
      const page = await app.open('/search');
      const row = page.locator(`a[href*="${shop.hostileId}"]`);
      await row.waitFor();
      // Of an operation what looks like an id is folded: (1) becomes ({id}).
      expect(await row.textContent()).toContain(hostile + hostile.slice(0, 40));
      expect(await page.locator('img').count()).toBe(0);
      await page.goto(`${app.origin}/`);
      await rows(page)
        .and(page.locator(`a[href*="${shop.hostileId}"]`))
        .waitFor();
      expect(await page.title()).not.toBe('taken');
    });

    test('hides the demo at a click, and the URL says so', async () => {
      const traceId = random.hex(16);
      const demo = span({ traceId, spanId: random.hex(8), service: 'demo-front', kind: SpanKind.server });
      const text = (key: string, value: string) => ({ key, value: { type: 'string' as const, value } });
      await app.send([
        {
          ...demo,
          resource: {
            ...demo.resource,
            attributes: [
              ...demo.resource.attributes,
              text('service.namespace', 'shop'),
              text('deployment.environment.name', 'demo'),
            ],
          },
        },
      ]);
      await app.stored(traceId, 1);
      const page = await app.open('/');
      await rows(page)
        .and(page.locator(`a[href*="${traceId}"]`))
        .waitFor();
      await page.getByRole('link', { name: 'Hide the demo' }).click();
      await page.getByRole('link', { name: 'Show the demo' }).waitFor();
      await shown(page);
      await expect
        .poll(() =>
          rows(page)
            .and(page.locator(`a[href*="${traceId}"]`))
            .count(),
        )
        .toBe(0);
      expect(new URL(page.url()).searchParams.get('demo')).toBe('hidden');
      await page.getByRole('link', { name: 'frontend', exact: false }).first().waitFor();
      await expectSameInNewProfile(app, page, async (page) => {
        await shown(page);
        await page.getByRole('link', { name: / → / }).nth(2).waitFor();
      });
    });

    for (const [name, path] of [
      ['a relative window', '/search?from=now-3h'],
      ['a query with an order', '/search?q=%7Bservice+%3D+checkout%7D+%3E%3E+%7Bservice+%3D+payment%7D&sort=spans'],
    ] as const) {
      test(`is the same in a new profile: ${name}`, async () => {
        const page = await app.open(path);
        await expectSameInNewProfile(app, page, shown, still);
        expect(page.url()).toBe(app.origin + path);
      });
    }

    for (const [from, to, fixed] of [
      ['now-2h', 'now', 'now-2h'],
      ['2026-01-02 09:15Z', '2100-01-02 09:15Z', '2026-01-02T09:15:00.000Z'],
    ] as const) {
      test(`is the same in a new profile: a window that was typed, from ${from}`, async () => {
        const page = await app.open('/search');
        await shown(page);
        await page.getByRole('button', { name: /^Time range/ }).click();
        await page.getByLabel('From', { exact: true }).fill(from);
        await page.getByLabel('To', { exact: true }).fill(to);
        await page.getByRole('button', { name: 'Apply' }).click();
        await page.waitForURL((url) => url.searchParams.get('from') === fixed);
        await expectSameInNewProfile(app, page, shown, still);
      });
    }

    for (const theme of ['light', 'dark']) {
      for (const lang of ['en', 'zh-CN', 'en-XA']) {
        test(`can be read and used by all (${theme}, ${lang})`, async () => {
          for (const path of ['/', '/search']) {
            const page = await app.open(`${path}?theme=${theme}&lang=${lang}`);
            await shown(page);
            await page.evaluate('document.fonts.ready');
            expect(await seriousViolations(page)).toEqual([]);
            expect(await cutTexts(page)).toEqual([]);
            expect(await scrollsSideways(page)).toBe(false);
            await shoot(page, `${path === '/' ? 'landing' : 'search'}-${theme}-${lang}`);
          }
        });
      }
    }

    test('fits a window of 400 px', async () => {
      for (const path of ['/', '/search']) {
        const page = await app.open(path, { viewport: { width: 400, height: 800 } });
        await shown(page);
        expect(await scrollsSideways(page)).toBe(false);
        await shoot(page, `narrow${path.replace('/', '-')}`);
      }
    });

    test('says nothing of waiting before 200 ms', async () => {
      const page = await app.open('/pipeline');
      // That page's own waiting is over.
      await page.getByRole('heading', { name: 'Services by day' }).waitFor();
      await expect.poll(() => page.getByText('Loading').count(), patient).toBe(0);
      let answer: () => void = () => {};
      const held = new Promise<void>((resolve) => (answer = resolve));
      await page.route('**/api/v1/search*', async (route) => {
        await held;
        await route.continue();
      });
      await page.evaluate(`{
        const said = (window.said = []);
        const start = performance.now();
        new MutationObserver(() => {
          if (document.body.textContent.includes('Loading')) said.push(performance.now() - start);
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
      }`);
      await page.getByRole('link', { name: 'Search', exact: true }).click();
      await page.getByText('Loading').waitFor();
      expect(await page.evaluate<number>('window.said[0]')).toBeGreaterThan(200);
      answer();
      await shown(page);
    });

    // Last: it stops the pipeline.
    test('says so when Spanloom does not answer', async () => {
      const page = await app.open('/search');
      await shown(page);
      // Lost and refused connections are on the console, as they should be.
      app.tolerate(page, /net::ERR_/);
      await app.pipeline.stop();
      await page.getByRole('button', { name: 'Spans' }).click();
      await page.getByRole('alert').filter({ hasText: 'does not answer' }).waitFor({ timeout: 20_000 });
      await shoot(page, 'down');
    });
  });
});
