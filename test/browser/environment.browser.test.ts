import type { Span } from '@spanloom/span';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { useApp } from './app.ts';
import { chromiumPath } from './browser.ts';
import { shopTraces } from './cart-traces.ts';

function within(environment: string, span: Span): Span {
  const attribute = {
    key: 'deployment.environment.name',
    value: { type: 'string' as const, value: environment },
  };
  return { ...span, resource: { ...span.resource, attributes: [...span.resource.attributes, attribute] } };
}

interface Example {
  readonly path: string;
  readonly said: (page: Page) => Promise<readonly (string | null)[]>;
  readonly each: readonly (readonly string[])[];
}

describe.skipIf(chromiumPath === undefined)('figures of one environment', () => {
  const app = useApp();

  beforeAll(async () => {
    const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 240_000;
    const of = (environment: string, count: number, afterMs: number) =>
      shopTraces({ startMs: startMs + afterMs, count }).map(({ traceId, spans }) => ({
        traceId,
        spans: spans.map((span) => within(environment, span)),
      }));
    await app.store([...of('prod', 30, 0), ...of('staging', 10, 60_000)]);
  });

  const range = 'from=now-15m&to=now';
  const durations = (p50: string) => [`Durations: p50 ${p50}, p95 15.9 ms (≤ 15.9 ms), p99 15.9 ms (≤ 15.9 ms)`];
  const call = (from: string, to: string, calls: number) =>
    `${from} to ${to}, call: ${calls} calls, 0 failed, p95 18.1 ms`;
  /** What a page says of the calls to the cart: of the one, of the other, and of all. */
  const pages: readonly Example[] = [
    {
      path: `/operations?service=cart&${range}`,
      said: async (page) => cells(page.getByRole('row', { name: /GET \/cart/ }), [0, 3]),
      each: [
        ['GET /cart server 30'],
        ['GET /cart server 10'],
        ['cart · prod GET /cart server', 'cart · staging GET /cart server'],
      ],
    },
    {
      path: `/map?${range}`,
      said: async (page) => labels(page.getByRole('button', { name: /^frontend( · \w+)? to cart/ })),
      each: [
        [call('frontend', 'cart', 30)],
        [call('frontend', 'cart', 10)],
        [call('frontend · prod', 'cart · prod', 30), call('frontend · staging', 'cart · staging', 10)],
      ],
    },
    {
      path: `/operation?service=cart&operation=GET%20%2Fcart&${range}`,
      said: async (page) => labels(page.getByRole('img', { name: /^Durations/ })),
      each: [durations('13.1 ms (≤ 13.1 ms)'), durations('12.0 ms (≤ 12.0 ms)'), durations('12.0 ms (≤ 13.1 ms)')],
    },
    {
      path: `/edge?client=frontend&server=cart&kind=rpc&${range}`,
      said: async (page) => labels(page.getByRole('img', { name: /^Durations/ })),
      each: [durations('13.1 ms (≤ 13.1 ms)'), durations('12.0 ms (≤ 12.0 ms)'), durations('12.0 ms (≤ 13.1 ms)')],
    },
    {
      path: `/compare?of=edges&${range}`,
      said: async (page) => cells(page.getByRole('row', { name: /frontend.* → cart/ }), [0, 1]),
      each: [
        ['frontend → cart + added'],
        ['frontend → cart + added'],
        ['frontend · prod → cart · prod + added', 'frontend · staging → cart · staging + added'],
      ],
    },
  ];

  for (const { path, said, each } of pages) {
    test(`are chosen on ${path.split('?')[0]}, stand in the URL, and those of all come back`, async () => {
      const page = await app.open(path);
      const choice = page.getByLabel('Environment');
      await choice.waitFor();
      await expect
        .poll(() => choice.getByRole('option').allTextContents())
        .toEqual(['All environments', 'prod', 'staging']);
      for (const [at, environment] of ['prod', 'staging', ''].entries()) {
        await choice.selectOption(environment);
        await expect.poll(() => new URL(page.url()).searchParams.get('environment') ?? '').toBe(environment);
        await expect.poll(() => said(page)).toEqual(each[at]);
      }
      await choice.selectOption('staging');
      await page.waitForURL(/environment=staging/);
      await page.reload();
      await expect.poll(() => said(page)).toEqual(each[1]);
    });
  }
});

async function labels(locator: Locator): Promise<(string | null)[]> {
  return Promise.all((await locator.all()).map((each) => each.getAttribute('aria-label')));
}

/** Of each row the texts of some cells. */
async function cells(rows: Locator, [from, to]: readonly [number, number]): Promise<string[]> {
  return (await rows.allInnerTexts()).map((text) =>
    text.split('\t').slice(from, to).join(' ').replaceAll(/\s+/g, ' ').trim(),
  );
}
