import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';
import { useApp } from './app.ts';
import { chromiumPath, noPointer, shoot } from './browser.ts';
import { cutTexts, seriousViolations } from './checks.ts';

const random = new Random(41);

describe.skipIf(chromiumPath === undefined)('durations over time, by keyboard', () => {
  const app = useApp();
  /** Each ten seconds after the one before: their order in time is the order here. */
  const durations = [5, 800, 40, 3000, 90, 200];
  let traces: readonly { readonly traceId: string; readonly spans: readonly ReturnType<typeof span>[] }[];

  beforeAll(async () => {
    const startMs = Date.now() - 120_000;
    traces = durations.map((durationMs, at) => {
      const traceId = random.hex(16);
      const sketch = { traceId, spanId: random.hex(8), service: 'shop', startMs: startMs + at * 10_000, durationMs };
      return { traceId, spans: [span({ ...sketch, name: `work ${at}`, error: at === 3 })] };
    });
    await app.store(traces);
  });

  const plotOf = (page: Page) => page.getByRole('application', { name: 'Durations over time' });

  async function focused(path: string): Promise<Page> {
    const page = await app.open(path, { initScript: noPointer });
    await plotOf(page).locator('canvas').waitFor();
    await page.getByRole('banner').getByRole('link').first().focus();
    const isThere = async () => (await page.evaluate<string | null>('document.activeElement.role')) === 'application';
    for (let tabs = 0; tabs < 30 && !(await isThere()); tabs++) await page.keyboard.press('Tab');
    return page;
  }

  test('is one stop of the Tab key; arrows go from point to point, Enter opens it', async () => {
    const page = await focused('/search?from=now-5m');
    const at = (name: string) => plotOf(page).locator('..').getByText(name);
    await at('200 ms').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    for (const [key, duration] of [
      ['ArrowLeft', '90.0 ms'],
      ['ArrowUp', '200 ms'],
      ['ArrowUp', '800 ms'],
      ['ArrowUp', '3.00 s'],
      ['ArrowDown', '800 ms'],
      ['ArrowRight', '40.0 ms'],
      ['ArrowDown', '5.00 ms'],
      ['End', '200 ms'],
      ['Home', '5.00 ms'],
      ['ArrowRight', '800 ms'],
    ] as const) {
      await page.keyboard.press(key);
      await at(duration).waitFor();
    }
    await page.keyboard.press('ArrowUp');
    await at('with errors').waitFor();
    await page.keyboard.press('ArrowDown');
    await at('800 ms').waitFor();
    await shoot(page, 'scatter-keys');
    await page.keyboard.press('Tab');
    await expect.poll(() => at('800 ms').count()).toBe(0);
    await page.keyboard.press('Shift+Tab');
    await at('200 ms').waitFor();
    await page.keyboard.press('Home');
    await at('5.00 ms').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(traces[0]?.traceId ?? ''));
  });

  test('with Shift, arrows draw a box, and Enter keeps what is in it', async () => {
    const page = await focused('/search?from=now-5m');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.getByText('2 points in the box').waitFor();
    // Given up, and begun again: from 3 s at the third place to 40 ms at the second.
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByText('points in the box').count()).toBe(0);
    expect(new URL(page.url()).pathname).toBe('/search');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.getByText('2 points in the box').waitFor();
    await shoot(page, 'scatter-box');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=trace.duration/);
    expect(new URL(page.url()).searchParams.get('q')).toBe('trace.duration >= 39.6ms and trace.duration <= 3.03s');
    await page.getByText('2 traces', { exact: true }).waitFor();
  });

  test('says how, in every language in full', async () => {
    const page = await focused('/search?from=now-5m&lang=en');
    const help = await plotOf(page).getAttribute('aria-describedby');
    expect(await page.locator(`[id="${help}"]`).textContent()).toContain('arrow keys from point to point');
    for (const lang of ['zh-CN', 'en-XA']) {
      await page.goto(`${app.origin}/search?from=now-5m&lang=${lang}`);
      await page.locator('canvas').first().waitFor();
      expect(await cutTexts(page)).toEqual([]);
      expect(await seriousViolations(page)).toEqual([]);
    }
  });
});
