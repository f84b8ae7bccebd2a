import { type Span, SpanKind } from '@spanloom/span';
import { beforeAll, describe, expect, test } from 'vitest';

import { Random } from '../load/random.ts';
import { type SpanSketch, span } from '../load/spans.ts';
import { useApp } from './app.ts';
import { chromiumPath, shoot } from './browser.ts';
import { cutTexts, expectSameInNewProfile, scrollsSideways, seriousViolations } from './checks.ts';

interface Answer {
  readonly fragments: readonly { readonly appendedAt: string; readonly lateByMs: number | null }[];
}

const random = new Random(51);

describe.skipIf(chromiumPath === undefined)('spans that came late', () => {
  const traceId = random.hex(16);
  const [rootId, cartId] = [random.hex(8), random.hex(8)];
  const made = (sketch: Omit<SpanSketch, 'traceId' | 'spanId'>, spanId = random.hex(8)): Span =>
    span({ traceId, spanId, startMs: Date.now() - 100, ...sketch });
  const app = useApp();

  beforeAll(async () => {
    await app.send([
      made({ service: 'shop', name: 'GET /', kind: SpanKind.server, durationMs: 90 }, rootId),
      made({ service: 'cart', name: 'GET /cart', parentSpanId: rootId, durationMs: 60 }, cartId),
    ]);
    await app.stored(traceId, 2);
    // One by itself, and six that are alike.
    await app.send([
      made({ service: 'mail', name: 'send', parentSpanId: rootId, durationMs: 40 }),
      ...Array.from({ length: 6 }, () =>
        made({ service: 'cart', name: 'SELECT', parentSpanId: cartId, durationMs: 5 }),
      ),
    ]);
    await app.stored(traceId, 9);
  });

  test('say by how much: in their row, in the row that they fold into, and in their details', async () => {
    const { fragments } = (await app.pipeline.json(`/api/v1/traces/${traceId}`)) as Answer;
    const [first, late] = fragments;
    const lateByMs = late?.lateByMs ?? 0;
    expect(first?.lateByMs).toBeNull();
    expect(lateByMs).toBe(Date.parse(late?.appendedAt ?? '') - Date.parse(first?.appendedAt ?? ''));
    expect(lateByMs).toBeGreaterThan(1000);
    const text = `${Number((lateByMs / 1000).toPrecision(3)).toFixed(2)} s`;

    const page = await app.open(`/trace/${traceId}`);
    await page.getByText('7 spans came late').waitFor();
    const row = (name: string) => page.getByRole('row', { name });
    await row(`mail send late by ${text}`).waitFor();
    await row('SELECT ×6').getByText(`late ≤ ${text}`).waitFor();
    expect(await row('shop GET /').getByText('late').count()).toBe(0);
    expect(await row('cart GET /cart').getByText('late').count()).toBe(0);
    await row('mail send').click();
    const details = page.getByRole('complementary', { name: 'Span details' });
    await details.getByText(`late by ${text} · Finished so long after the first part`).waitFor();
    await shoot(page, 'trace-late');
    expect(await seriousViolations(page)).toEqual([]);
    await expectSameInNewProfile(app, page, (other) => other.getByText('7 spans came late').waitFor());
    await page.getByRole('button', { name: 'Parts and calls' }).click();
    await page.getByRole('cell', { name: `late by ${text}` }).waitFor();
  });

  for (const lang of ['en-XA', 'zh-CN']) {
    test(`say so in full (${lang})`, async () => {
      const page = await app.open(`/trace/${traceId}?lang=${lang}&details=true`);
      await page.getByRole('row').nth(2).click();
      await page.getByRole('complementary').waitFor();
      await shoot(page, `trace-late-${lang}`);
      expect(await cutTexts(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
    });
  }
});
