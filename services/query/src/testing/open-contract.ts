import type { BufferClaim, TraceBuffer } from '@spanloom/buffer';
import { SpanKind, StatusCode, type Span } from '@spanloom/span';
import { partitionOf } from '@spanloom/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAnswer } from '../v1/open.ts';
import { getAnswer, refusal } from './answers.ts';
import { startQuery, type TestQuery } from './query.ts';
import { anOpenChunk } from './records.ts';
import { aResource, aSpan, text } from './spans.ts';

const nowMs = 1_700_000_000_000;

/** An empty buffer, and the stream that is read of it. */
export interface OpenFixture {
  readonly buffer: TraceBuffer;
  readonly stream: string;
  discard(): Promise<void>;
}

interface Answer {
  readonly traces: readonly { readonly traceId: string }[];
  readonly more: boolean;
}

/** Of the nth trace: of two partitions it is in the one that its id says. */
const traceIdOf = (nth: number): string => nth.toString(16).padStart(32, '0');
const partitionOfTrace = (nth: number): number => partitionOf(Buffer.from(traceIdOf(nth), 'hex'), 2);

/** For tests: what `traces/open` must answer, whatever the buffer. */
export function openTracesContract(name: string, make: () => Promise<OpenFixture>): void {
  describe(`open traces in ${name}`, () => {
    let fixture: OpenFixture;
    let running: TestQuery;
    let claims: readonly BufferClaim[];
    const next = [0, 0];

    /** A chunk of the nth trace, and `idle` records without one before it. */
    async function send(nth: number, spans: readonly Partial<Span>[], atMs: number, idle = 0): Promise<void> {
      const partition = partitionOfTrace(nth);
      const traceId = traceIdOf(nth);
      const offset = (next[partition] ?? 0) + idle;
      const chunk = anOpenChunk(
        offset,
        spans.map((span) => aSpan({ traceId, ...span })),
      );
      next[partition] = offset + 1;
      const streamTimeMs = nowMs + atMs;
      await claims[partition]?.append([{ ...chunk, streamTimeMs }], { applied: offset + 1, streamTimeMs });
    }

    const open = async (query = ''): Promise<Answer> =>
      await getAnswer<Answer>(running, `traces/open${query}`, openAnswer);
    const idsOf = ({ traces }: Answer): number[] => traces.map(({ traceId }) => Number.parseInt(traceId, 16));

    beforeEach(async () => {
      fixture = await make();
      const { buffer, stream } = fixture;
      claims = await Promise.all([0, 1].map(async (partition) => (await buffer.claim(stream, partition)).claim));
      next.fill(0);
      running = await startQuery({
        store: {} as Parameters<typeof startQuery>[0]['store'],
        buffer,
        log: {
          stream: { id: stream, partitions: 2 },
          bounds: async () => ({ low: 0, high: 0 }),
          read: async () => [],
        },
      });
    });
    afterEach(async () => {
      await running.query.stop();
      await fixture.discard();
    });

    const start = async (): Promise<void> => {
      for (const claim of claims) await claim.reset({ applied: 0, reconciled: 0, streamTimeMs: nowMs });
    };

    it('are none where nothing is, and may be more where the buffer does not say', async () => {
      expect(await open()).toEqual({ traces: [], more: true });
      await start();
      expect(await open()).toEqual({ traces: [], more: false });
    });

    it('say what they are', async () => {
      await start();
      const shop = aResource('shop', [text('deployment.environment.name', 'prod')]);
      const root = { spanId: '00000000000000a1', name: 'GET /cart', kind: SpanKind.server, resource: shop };
      const child = {
        spanId: '00000000000000a2',
        parentSpanId: root.spanId,
        status: { code: StatusCode.error, message: '' },
        resource: aResource('cart'),
        startTimeUnixNano: 1_699_999_999_000_000_999n,
      };
      await send(1, [child], 0);
      expect(await open()).toMatchObject({ traces: [{ root: null, services: [{ name: 'cart' }], spanCount: 1 }] });
      await send(1, [root], 900);
      expect(await open()).toEqual({
        traces: [
          {
            traceId: traceIdOf(1),
            root: { service: { environment: 'prod', namespace: '', name: 'shop' }, operation: 'GET /cart' },
            services: [
              { environment: '', namespace: '', name: 'cart' },
              { environment: 'prod', namespace: '', name: 'shop' },
            ],
            startTime: '2023-11-14T22:13:19.000Z',
            spanCount: 2,
            errorCount: 1,
            firstChunkAt: '2023-11-14T22:13:20.000Z',
            lastChunkAt: '2023-11-14T22:13:20.900Z',
          },
        ],
        more: false,
      });
    });

    it('come with the newest first, of all partitions, and no more than asked for', async () => {
      await start();
      const all = Array.from({ length: 12 }, (_, at) => at + 1);
      expect(new Set(all.map(partitionOfTrace)).size).toBe(2);
      for (const nth of all) await send(nth, [{}], nth);
      await send(3, [{ spanId: '00000000000000a3' }], 100);
      expect(idsOf(await open())).toEqual([3, 12, 11, 10, 9, 8, 7, 6, 5, 4, 2, 1]);
      expect((await open()).more).toBe(false);
      const some = await open('?limit=3');
      expect(idsOf(some)).toEqual([3, 12, 11]);
      expect(some.more).toBe(true);
    });

    it('are gone when they are released', async () => {
      await start();
      await send(1, [{}], 0);
      await send(2, [{}], 1);
      const partition = partitionOfTrace(1);
      await claims[partition]?.release(
        (await claims[partition]?.index())?.filter(({ traceId }) => traceId === traceIdOf(1)) ?? [],
        1,
      );
      expect(idsOf(await open())).toEqual([2]);
    });

    it('are found behind ticks, and said to be more where they are too far behind them', async () => {
      await start();
      const [first = 0, second = 0, third = 0] = [1, 2, 3, 4, 5, 6, 7].filter((nth) => partitionOfTrace(nth) === 0);
      await send(first, [{}], 0);
      await send(second, [{}], 1, 950);
      expect(await open()).toMatchObject({ traces: [{ traceId: traceIdOf(second) }, { traceId: traceIdOf(first) }] });
      await send(third, [{}], 2, 100);
      const answer = await open();
      expect(idsOf(answer)).toEqual([third, second]);
      expect(answer.more).toBe(true);
    });

    it.each(['?limit=0', '?limit=101', '?limit=x'])('are refused with %s', async (query) =>
      expect(await refusal(running, `traces/open${query}`)).toMatchObject({ parameter: 'limit' }),
    );

    it('are asked for again where the buffer is away', async () => {
      await fixture.buffer.close();
      expect(await refusal(running, 'traces/open', 503)).toMatchObject({ code: 'unavailable' });
    });
  });
}
