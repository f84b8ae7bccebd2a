import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { type App, startApp } from './app.ts';
import { type Window, chromiumPath } from './browser.ts';
import { cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations } from './checks.ts';

describe.skipIf(chromiumPath === undefined)('what is around every page', () => {
  let app: App;
  let window: Window | undefined;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(async () => {
    await app?.stop();
  });
  afterEach(async () => {
    const { faults } = window ?? { faults: [] };
    await window?.close();
    window = undefined;
    expect(faults, 'what a page must not do').toEqual([]);
  });

  for (const theme of ['light', 'dark']) {
    for (const lang of ['en', 'zh-CN', 'en-XA']) {
      test(`can be read and used by all (${theme}, ${lang})`, async () => {
        window = await app.open(`/search?theme=${theme}&lang=${lang}`);
        const { page } = window;
        await page.getByRole('heading').first().waitFor();
        expect(await seriousViolations(page)).toEqual([]);
        expect(await cutTexts(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
      });
    }
  }

  test('is the same in a new profile: theme and language are in the URL', async () => {
    window = await app.open('/search');
    const { page } = window;
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitemradio', { name: '简体中文' }).click();
    await page.getByRole('link', { name: '搜索', exact: true }).waitFor();
    await expectSameInNewProfile(app, page, async (page) => page.getByRole('heading').first().waitFor());
  });
});
