import type { Span } from '@spanloom/span';
import { SpanKind } from '@spanloom/span';
import type { Page, Response } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';
import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';

const random = new Random(31);

interface Sent {
  readonly traceId: string;
  readonly spans: readonly Span[];
}

/** What an application exports in one request: nobody knows the id beforehand. */
function request(service: string, inDemo = false): Sent {
  const traceId = random.hex(16);
  const [rootId, callId] = [random.hex(8), random.hex(8)];
  const one = { traceId, service, startMs: Date.now() - 50 };
  const spans = [
    span({ ...one, spanId: rootId, name: 'GET /hello', kind: SpanKind.server, durationMs: 40 }),
    span({ ...one, spanId: callId, parentSpanId: rootId, name: 'SELECT', kind: SpanKind.client, durationMs: 20 }),
  ];
  return { traceId, spans: inDemo ? spans.map(asDemo) : spans };
}

function asDemo(own: Span): Span {
  const more = [
    { key: 'deployment.environment.name', value: { type: 'string', value: 'demo' } },
    { key: 'service.namespace', value: { type: 'string', value: 'shop' } },
  ] as const;
  return { ...own, resource: { ...own.resource, attributes: [...own.resource.attributes, ...more] } };
}

// With the default `settle` of 6 s: nothing is stored before.
describe.skipIf(chromiumPath === undefined)('the first trace of an application', () => {
  const app = useApp(['--no-demo']);

  /** When the page has been told of this open trace. */
  const told = async (page: Page, traceId: string): Promise<Response> =>
    page.waitForResponse(
      async (response) => response.url().includes('/traces/open') && (await response.text()).includes(traceId),
    );

  test('is shown within 2 s of its arrival, while it is open; the demo’s is not', async () => {
    const page = await app.open('/');
    await page.getByText('Waiting for the first span').waitFor();
    await page.evaluate('document.documentElement.dataset.mark = "same page"');

    const demo = request('storefront', true);
    const seesDemo = told(page, demo.traceId);
    await app.send(demo.spans);
    await seesDemo;

    const first = request('hello');
    await app.send(first.spans);
    const acknowledgedMs = performance.now();
    await page.waitForURL(`**/trace/${first.traceId}?first=true`);
    await page.getByText('GET /hello').first().waitFor();
    const shownMs = performance.now() - acknowledgedMs;
    console.log('shown after its acknowledgement (ms):', Math.round(shownMs));
    expect(shownMs).toBeLessThan(2000);
    await page.getByText('Open: closes at').first().waitFor();
    expect(await page.evaluate<string>('document.documentElement.dataset.mark')).toBe('same page');
    await page.getByText('A first trace of your own.').waitFor();
    await shoot(page, 'first-trace-open');
    await app.stored(first.traceId, 2);
    await app.stored(demo.traceId, 2);
    const known = async () =>
      ((await app.pipeline.json('/api/v1/services')) as { services: { name: string }[] }).services.map(
        ({ name }) => name,
      );
    await expect.poll(known, { timeout: 10_000 }).toEqual(expect.arrayContaining(['hello', 'storefront']));

    await page.getByRole('link', { name: 'Hide the demo' }).click();
    await page.waitForURL(`${app.origin}/?demo=hidden`);
    await page.getByRole('link', { name: 'Show the demo' }).waitFor();
    const row = (traceId: string) => page.locator(`a[data-row][href*="${traceId}"]`);
    await row(first.traceId).waitFor();
    expect(await row(demo.traceId).count()).toBe(0);
  });

  test('is waited for beside what sends spans already', async () => {
    const page = await app.open('/?connect=true');
    await page.getByText('Waiting for the first span').waitFor();
    const again = request('hello');
    const seesAgain = told(page, again.traceId);
    await app.send(again.spans);
    await seesAgain;
    const other = request('billing');
    await app.send(other.spans);
    await page.waitForURL(`**/trace/${other.traceId}`);
  });
});
