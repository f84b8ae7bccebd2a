import { describe, expect, it } from 'vitest';
import type { BufferedChunk } from '@spanloom/buffer';
import type { LogRecord } from '@spanloom/log';
import type { Span, TraceId } from '@spanloom/span';
import type { FragmentInfo } from '@spanloom/store';
import { defaultQueryConfig } from '../options.ts';
import { aFinishedTrace, anOpenChunk } from '../testing/records.ts';
import { aSpan } from '../testing/spans.ts';
import { createTraceReader, type WholeTrace } from './read.ts';
import type { TraceStore } from './store.ts';

const span = aSpan();
const chunk = anOpenChunk(7, [span]);
const finished = aFinishedTrace(0, [chunk], [span]);
const stream = { id: 's1', partitions: 1 };
const never = new AbortController().signal;

function aFragment(changes: Partial<FragmentInfo> = {}): FragmentInfo {
  return {
    stream: stream.id,
    partition: 0,
    position: 0,
    reason: 'complete',
    part: 0,
    parts: 1,
    late: false,
    unlinked: false,
    timeShifted: false,
    truncated: false,
    appendTimeMs: 0,
    chunkOffsets: [chunk.offset],
    spans: 1,
    duplicateSpans: 0,
    kept: false,
    ...changes,
  };
}

/** Reads one trace; null where there is none. */
type ReadTrace = (traceId: TraceId, store: TraceStore, signal: AbortSignal) => Promise<WholeTrace | null>;

function traceReader(options: Parameters<typeof createTraceReader>[0]): ReadTrace {
  const readTraces = createTraceReader(options);
  return async (traceId, store, signal) => (await readTraces([traceId], store, signal)).get(traceId) ?? null;
}

/** What a store answers that has these spans and fragments of the trace. */
const holding =
  (spans: readonly Span[], fragments: readonly FragmentInfo[]): TraceStore['traces'] =>
  async () =>
    new Map([[span.traceId, { spans, fragmentOf: spans.map(() => 0), fragments }]]);

/** How far the chunk has come; each place has it before the one before lets it go. */
const Stage = { open: 0, finished: 1, released: 2, inserted: 3, recorded: 4 } as const;

/** A pipeline with one chunk, which moves on between the calls of a reader. */
function movingPipeline(stages: readonly number[]): { readTrace: ReadTrace; store: TraceStore } {
  let call = 0;
  const stage = (): number => stages[call++] ?? Stage.recorded;
  const readTrace = traceReader({
    config: defaultQueryConfig,
    buffer: { peek: async () => (stage() <= Stage.finished ? [chunk] : []) },
    log: {
      stream,
      bounds: async () => ({ low: 0, high: stage() >= Stage.finished ? 1 : 0 }),
      read: async (_topic, _partition, from) => (stage() >= Stage.finished && from === 0 ? [finished] : []),
    },
  });
  const store: TraceStore = {
    position: async () => (stage() >= Stage.recorded ? 1 : 0),
    traces: async () => (stage() >= Stage.inserted ? await holding([span], [aFragment()])([]) : new Map()),
  };
  return { readTrace, store };
}

function nonDecreasing(length: number, from: number = Stage.open): number[][] {
  if (length === 0) return [[]];
  const all: number[][] = [];
  for (let stage = from; stage <= Stage.recorded; stage += 1) {
    for (const rest of nonDecreasing(length - 1, stage)) all.push([stage, ...rest]);
  }
  return all;
}

/** A pipeline that stands still. */
function pipeline(state: {
  open?: readonly BufferedChunk[];
  records?: readonly LogRecord[];
  maxScanBytes?: number;
}): ReadTrace {
  const records = state.records ?? [];
  return traceReader({
    config: { ...defaultQueryConfig, maxScanBytes: state.maxScanBytes ?? defaultQueryConfig.maxScanBytes },
    buffer: { peek: async () => state.open ?? [] },
    log: {
      stream,
      bounds: async () => ({ low: 0, high: records.length }),
      read: async (_topic, _partition, from) => records.slice(from, from + 1),
    },
  });
}

const emptyStore: TraceStore = { position: async () => 0, traces: async () => new Map() };

describe('reading a trace by id', () => {
  it('shows a span exactly once, however its chunk moves while it is read', async () => {
    // Five calls: peek, position, bounds, read, trace.
    const schedules = nonDecreasing(5);
    expect(schedules).toHaveLength(126);
    for (const stages of schedules) {
      const { readTrace, store } = movingPipeline(stages);
      const trace = await readTrace(span.traceId, store, never);
      expect(
        trace?.spans.map((each) => each.spanId),
        stages.join(),
      ).toEqual([span.spanId]);
      expect(trace, stages.join()).toMatchObject({ duplicateSpans: 0, partial: false });
    }
  });

  it('is null where no span is known', async () => {
    expect(await pipeline({})(span.traceId, emptyStore, never)).toBeNull();
  });

  it('returns what was sent, field by field', async () => {
    const trace = await pipeline({ open: [chunk] })(span.traceId, emptyStore, never);
    expect(trace?.spans).toEqual([span]);
    expect(trace?.open).toBe(true);
  });

  it('leaves other traces in the same partition alone', async () => {
    const other = aSpan({ traceId: 'f'.repeat(32) });
    const otherTrace = aFinishedTrace(0, [anOpenChunk(1, [other])], [other]);
    const readTrace = pipeline({ records: [otherTrace, { ...finished, offset: 1 }] });
    expect((await readTrace(span.traceId, emptyStore, never))?.spans).toEqual([span]);
  });

  it('looks at records from the position of the sink on', async () => {
    const store: TraceStore = { ...emptyStore, position: async () => 1 };
    expect(await pipeline({ records: [finished] })(span.traceId, store, never)).toBeNull();
  });

  it('takes equal offsets of another stream for other chunks', async () => {
    const store: TraceStore = {
      ...emptyStore,
      traces: holding([], [aFragment({ stream: 'older' })]),
    };
    expect((await pipeline({ open: [chunk] })(span.traceId, store, never))?.spans).toEqual([span]);
  });

  it('reads several at once, each once, and asks the store a single time', async () => {
    const other = aSpan({ traceId: 'f'.repeat(32) });
    const asked: (readonly TraceId[])[] = [];
    const store: TraceStore = {
      ...emptyStore,
      traces: async (ids) => {
        asked.push(ids);
        return new Map([[other.traceId, { spans: [other], fragmentOf: [0], fragments: [] }]]);
      },
    };
    const readTraces = createTraceReader({
      config: defaultQueryConfig,
      buffer: { peek: async (_stream, _partition, traceId) => (traceId === span.traceId ? [chunk] : []) },
      log: { stream, bounds: async () => ({ low: 0, high: 0 }), read: async () => [] },
    });
    const ids = [span.traceId, other.traceId, span.traceId, 'e'.repeat(32)];
    const found = await readTraces(ids, store, never);
    expect([...found].map(([id, trace]) => [id, trace.spans, trace.open])).toEqual([
      [span.traceId, [span], true],
      [other.traceId, [other], false],
    ]);
    expect(asked).toEqual([[span.traceId, other.traceId, 'e'.repeat(32)]]);
  });

  it('stops after so many bytes, and says that something may be missing', async () => {
    const other = aSpan({ traceId: 'f'.repeat(32) });
    const otherTrace = aFinishedTrace(0, [anOpenChunk(1, [other])], [other]);
    const readTrace = pipeline({ open: [chunk], records: [otherTrace, { ...otherTrace, offset: 1 }], maxScanBytes: 1 });
    expect(await readTrace(span.traceId, emptyStore, never)).toMatchObject({ partial: true, spans: [span] });
  });

  it('skips bytes that nobody can read', async () => {
    const broken = { ...finished, value: Buffer.from('nonsense') };
    const readTrace = pipeline({ open: [{ ...chunk, record: Buffer.from('nonsense') }], records: [broken] });
    expect(await readTrace(span.traceId, emptyStore, never)).toBeNull();
  });
});
