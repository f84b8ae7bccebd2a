import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { rollupsRan, useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { shopTraces } from './cart-traces.ts';
import { boxOf, collidingLabels, cutTexts, scrollsSideways, seriousViolations, watchLabels } from './checks.ts';
import { shopTrace } from './shop-trace.ts';

const random = new Random(83);

interface Place {
  readonly name: string;
  readonly path: string;
  /** Resolves when the page shows what it is looked at for. */
  readonly ready: (page: Page) => Promise<unknown>;
}

describe.skipIf(chromiumPath === undefined)('how every page looks', () => {
  const app = useApp();
  const now = Date.now();
  const broken = shopTrace(random, { startMs: now - 50_000, failing: true, skewMs: 5, lost: true });
  const usual = shopTrace(random, { startMs: now - 60_000 });

  beforeAll(async () => {
    await app.store([...shopTraces({ startMs: now - 120_000, count: 40 }), usual, broken]);
    await rollupsRan(app.pipeline);
  });

  const range = 'from=now-15m&to=now';
  const trace = `/trace/${broken.traceId}`;
  const selected = `span=${broken.ids['charge']}&details=true`;
  const table = (page: Page) => page.getByRole('table').first().waitFor();
  const rows = (page: Page) => page.getByRole('treegrid').getByRole('row').nth(5).waitFor();
  const chart = (page: Page) => page.getByRole('application').first().waitFor();
  const pages: readonly Place[] = [
    {
      name: 'overview',
      path: '/',
      ready: async (page) => {
        await page.getByRole('link', { name: / → / }).first().waitFor();
        await page.locator('a[data-row]').first().waitFor();
      },
    },
    { name: 'search', path: '/search', ready: table },
    { name: 'trace, waterfall', path: `${trace}?${selected}`, ready: rows },
    {
      name: 'trace, flame graph',
      path: `${trace}?view=flame`,
      ready: (page) => page.locator('canvas').nth(1).waitFor(),
    },
    { name: 'trace, operations', path: `${trace}?view=operations`, ready: table },
    { name: 'trace, parts', path: `${trace}?view=parts`, ready: table },
    { name: 'trace, JSON', path: `${trace}?view=json`, ready: (page) => page.getByText('"traceId"').first().waitFor() },
    { name: 'comparison', path: `/compare?a=${usual.traceId}&b=${broken.traceId}`, ready: table },
    { name: 'map', path: `/map?${range}`, ready: (page) => page.locator('[data-node]').nth(3).waitFor() },
    { name: 'operations', path: `/operations?${range}`, ready: table },
    { name: 'operation', path: `/operation?service=cart&operation=GET%20%2Fcart&${range}`, ready: chart },
    { name: 'edge', path: `/edge?client=frontend&server=cart&kind=rpc&${range}`, ready: chart },
    { name: 'pipeline', path: '/pipeline', ready: (page) => page.getByRole('cell', { name: 'spans_data' }).waitFor() },
    { name: 'rollups', path: '/rollups', ready: table },
  ];
  const query = 'service = cart and duration > 1h';
  const none: Place = {
    name: 'no results',
    path: `/search?q=${encodeURIComponent(query)}`,
    ready: (page) => page.getByRole('listitem').filter({ hasText: 'duration > 1h' }).waitFor(),
  };

  test('is written in 13 px, in tabular numerals, and in monospace only what is an id', async () => {
    const page = await app.open('/rollups');
    for (const { name, path, ready } of [...pages, none]) {
      await page.goto(app.origin + path);
      await ready(page);
      const texts = await page.evaluate<Text[]>(textsOf);
      expect(texts.length, name).toBeGreaterThan(10);
      const said = ({ text, at, sizePx }: Text) => `${sizePx} px at ${at}: ${text}`;
      expect(texts.filter((each) => !hasUsualSize(each)).map(said), name).toEqual([]);
      expect(
        texts.filter(({ text, isTabular, isMono }) => /\d/.test(text) && !isTabular && !isMono).map(said),
        name,
      ).toEqual([]);
      expect(texts.filter((each) => each.isMono && !mayBeMono(each)).map(said), name).toEqual([]);
    }
  }, 120_000);

  const places: readonly Place[] = [
    ...pages.filter(({ name }) => /^trace|^operation$/.test(name)),
    none,
    { name: 'first span', path: '/?connect=true', ready: (page) => page.locator('pre').waitFor() },
    { name: 'unknown id', path: `/trace/${random.hex(16)}`, ready: (page) => page.locator('code').waitFor() },
    { name: 'no id', path: '/trace/not-an-id', ready: (page) => page.locator('code').waitFor() },
    {
      name: 'palette',
      path: '/rollups',
      ready: async (page) => {
        await table(page);
        await page.keyboard.press('Control+k');
        await page.getByRole('option').nth(3).waitFor();
      },
    },
    {
      name: 'help',
      path: trace,
      ready: async (page) => {
        await rows(page);
        await page.keyboard.press('?');
        await page.getByRole('dialog').locator('kbd').nth(10).waitFor();
      },
    },
    {
      name: 'range',
      path: '/search',
      ready: async (page) => {
        await table(page);
        await page.getByRole('button').filter({ hasText: '◷' }).click();
        await page.getByRole('dialog').locator('input').first().waitFor();
      },
    },
  ];

  test('fits a window of 400 px', async () => {
    const page = await app.open('/rollups', { viewport: { width: 400, height: 800 } });
    for (const { name, path, ready } of pages) {
      await page.goto(app.origin + path);
      await ready(page);
      await shoot(page, `narrow-${name.replaceAll(/\W+/g, '-')}`);
      expect(await scrollsSideways(page), name).toBe(false);
    }
  });

  test('breaks no name of a service in a window of 400 px', async () => {
    const page = await app.open('/search', { viewport: { width: 400, height: 800 } });
    const services = page.locator('a[data-row]').getByText('frontend', { exact: true });
    await services.nth(10).waitFor();
    for (const each of await services.all()) expect((await boxOf(each)).height).toBeLessThan(24);
  });

  for (const lang of ['en', 'zh-CN']) {
    test(`labels of charts stand beside each other, however long the window is (${lang})`, async () => {
      const page = await app.open('/rollups');
      await watchLabels(page);
      for (const width of [400, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        for (const [name, charts] of [
          ['search', 1],
          ['operation', 4],
        ] as const) {
          const { path, ready } = pages.find((each) => each.name === name) as Place;
          for (const window of ['5m', '1h', '1d', '2d', '7d', '90d']) {
            const url = new URL(path, app.origin);
            for (const [key, value] of Object.entries({ from: `now-${window}`, to: 'now', lang })) {
              url.searchParams.set(key, value);
            }
            await page.goto(url.href);
            await ready(page);
            await page.evaluate('document.fonts.ready');
            expect(await collidingLabels(page, charts), `${name}, ${window}, ${width} px`).toEqual([]);
            await shoot(page, `labels-${name}-${window}-${width}-${lang}`);
          }
        }
      }
    }, 120_000);
  }

  test('names in Chinese why a trace was closed, and what kind a call is', async () => {
    const page = await app.open(`${trace}?view=parts&lang=zh-CN`);
    await page.getByRole('cell', { name: '长时间静默' }).waitFor();
    await page.getByRole('cell', { name: '调用' }).first().waitFor();
  });

  for (const [lang, theme] of [
    ['en-XA', 'light'],
    ['zh-CN', 'dark'],
  ]) {
    test(`says everything in full, and to everybody (${lang}, ${theme})`, async () => {
      const page = await app.open('/rollups');
      // Of ids that are not here, as it should be.
      app.tolerate(page, /status of 40[04]/);
      for (const { name, path, ready } of places) {
        await page.goto(`${app.origin}${path}${path.includes('?') ? '&' : '?'}lang=${lang}&theme=${theme}`);
        await ready(page);
        await page.evaluate('document.fonts.ready');
        await shoot(page, `look-${name.replaceAll(/\W+/g, '-')}-${lang}`);
        expect(await cutTexts(page), name).toEqual([]);
        expect(await scrollsSideways(page), name).toBe(false);
        expect(await seriousViolations(page), name).toEqual([]);
      }
    }, 120_000);
  }
});

interface Text {
  readonly text: string;
  /** The elements that it stands in, the innermost last. */
  readonly at: string;
  readonly sizePx: number;
  readonly isTabular: boolean;
  readonly isMono: boolean;
}

/** For `evaluate`: every text that is shown, also in boxes, and how it is written. */
const textsOf = `(() => {
  const of = (text, element) => {
    const style = getComputedStyle(element);
    const names = [];
    for (let each = element; each !== null && each !== document.body; each = each.parentElement) {
      names.unshift(each.role ?? each.localName);
    }
    return {
      text,
      at: names.join(' '),
      sizePx: Number.parseFloat(style.fontSize),
      isTabular: style.fontVariantNumeric.includes('tabular-nums'),
      isMono: style.fontFamily.includes('monospace'),
    };
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.data.trim();
    if (text !== '' && node.parentElement.checkVisibility()) texts.push(of(text, node.parentElement));
  }
  for (const box of document.querySelectorAll('input')) texts.push(of(box.value || box.placeholder, box));
  return texts;
})()`;

/** Beside 13 px: what stands beside something is smaller, heads and what is seen first are larger. */
function hasUsualSize({ sizePx, at, isMono }: Text): boolean {
  switch (sizePx) {
    case 11:
      return /\bgridcell\b/.test(at);
    case 12:
      // What is read in a table, pressed or filled in stands beside nothing.
      return isMono || !/\b(td|dd|a|button|label|select|input)$/.test(at);
    case 13:
      return true;
    case 14:
      return /\bh2\b/.test(at);
    case 15:
      return /\bheader (a|h1)\b/.test(at);
    case 17:
      return /\bh1\b/.test(at);
    case 18:
      return /\bdd\b/.test(at);
    default:
      return false;
  }
}

/** Ids, and what is laid out by spaces. */
function mayBeMono({ text, at }: Text): boolean {
  return /^[0-9a-f]{8,32}$/.test(text) || /\bpre\b/.test(at);
}
