import { beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations } from './checks.ts';
import { shopTrace } from './shop-trace.ts';

const random = new Random(23);

describe.skipIf(chromiumPath === undefined)('two traces', () => {
  const app = useApp();
  const usual = shopTrace(random, { startMs: Date.now() - 60_000 });
  const failed = shopTrace(random, { startMs: Date.now() - 50_000, failing: true, lost: true });

  beforeAll(async () => {
    await app.send([...usual.spans, ...failed.spans]);
    for (const { traceId, spans } of [usual, failed]) await app.stored(traceId, spans.length);
  });

  test('are laid side by side: what is slower, gone and added; swapped, the other way round', async () => {
    const page = await app.open(`/compare?a=${usual.traceId}&b=${failed.traceId}`);
    const charge = page.getByRole('row', { name: /payment INSERT charges/ });
    await charge.waitFor();
    await shoot(page, 'compare');
    expect(await charge.innerText()).toMatch(/70\.0 ms\s+.*550 ms\s+▲ \+480 ms\s+\+686 %/);
    await page.getByRole('row', { name: /frontend send mail − gone/ }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Swap' }).click();
    await page.getByRole('row', { name: /frontend send mail \+ added/ }).waitFor();
    expect(await charge.innerText()).toContain('▼ −480 ms');
    await page.getByRole('button', { name: 'Only what changed' }).click();
    await page.waitForURL(/changed=true/);
    await expectSameInNewProfile(app, page, async (shown) =>
      shown.getByRole('row', { name: /payment INSERT charges/ }).waitFor(),
    );
  });

  for (const [theme, lang] of [
    ['dark', 'en'],
    ['dark', 'zh-CN'],
    ['light', 'zh-CN'],
    ['dark', 'en-XA'],
  ]) {
    test(`can be read and used by all (${theme}, ${lang})`, async () => {
      const look = `theme=${theme}&lang=${lang}`;
      const page = await app.open(`/compare?a=${usual.traceId}&b=${failed.traceId}&${look}`);
      await page.getByRole('row', { name: /payment INSERT charges/ }).waitFor();
      await shoot(page, `compare-${theme}-${lang}`);
      expect(await seriousViolations(page)).toEqual([]);
      expect(await cutTexts(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
      if (lang === 'zh-CN') {
        const texts = (await page.locator('main :is(th[scope=col], button)').allInnerTexts()).join(' ');
        expect(texts).toContain('互换');
        expect(texts).not.toMatch(/[A-Za-z]{3}/);
      }
    });
  }
});
