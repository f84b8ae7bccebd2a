import { describe, expect, it } from 'vitest';
import type { BufferedChunk } from '@spanloom/buffer';
import type { LogRecord } from '@spanloom/log';
import type { FragmentInfo } from '@spanloom/store';
import { defaultQueryConfig } from '../options.ts';
import { aFinishedTrace, anOpenChunk } from '../testing/records.ts';
import { aSpan } from '../testing/spans.ts';
import { createTraceReader, type ReadTrace } from './read.ts';
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
    wholeness: { complete: true, remoteRoot: false, roots: 1, missingParents: [], missingCount: 0 },
    part: 0,
    parts: 1,
    late: false,
    unlinked: false,
    timeShifted: false,
    truncated: false,
    appendTimeMs: 0,
    chunkOffsets: [chunk.offset],
    spans: 1,
    errors: 0,
    duplicateSpans: 0,
    root: null,
    ...changes,
  };
}

/** How far the chunk has come; each place has it before the one before lets it go. */
const Stage = { open: 0, finished: 1, released: 2, inserted: 3, recorded: 4 } as const;

/** A pipeline with one chunk, which moves on between the calls of a reader. */
function movingPipeline(stages: readonly number[]): { readTrace: ReadTrace; store: TraceStore } {
  let call = 0;
  const stage = (): number => stages[call++] ?? Stage.recorded;
  const readTrace = createTraceReader({
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
    trace: async () =>
      stage() >= Stage.inserted ? { spans: [span], fragments: [aFragment()] } : { spans: [], fragments: [] },
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
  return createTraceReader({
    config: { ...defaultQueryConfig, maxScanBytes: state.maxScanBytes ?? defaultQueryConfig.maxScanBytes },
    buffer: { peek: async () => state.open ?? [] },
    log: {
      stream,
      bounds: async () => ({ low: 0, high: records.length }),
      read: async (_topic, _partition, from) => records.slice(from, from + 1),
    },
  });
}

const emptyStore: TraceStore = { position: async () => 0, trace: async () => ({ spans: [], fragments: [] }) };

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
      trace: async () => ({ spans: [], fragments: [aFragment({ stream: 'older' })] }),
    };
    expect((await pipeline({ open: [chunk] })(span.traceId, store, never))?.spans).toEqual([span]);
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
