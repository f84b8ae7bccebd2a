import type { ChunkIndex, CloseReason } from '@spanloom/span';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { AssemblyWindow, type Closing, type WindowChunk, type WindowLimits } from './window.ts';

const limits: WindowLimits = { settleMs: 60, quietMs: 300, maxAgeMs: 1000, maxSpans: 6, maxBytes: 1000 };

/** A chunk of one span: `whole` makes it a root, otherwise its parent is missing. */
interface Step {
  readonly afterMs: number;
  readonly trace: number | null;
  readonly root: boolean;
  readonly bytes: number;
}

function index(step: Step, span: number): ChunkIndex {
  const spanIds = new Uint8Array(8);
  const parentIds = new Uint8Array(8);
  new DataView(spanIds.buffer).setUint32(4, span + 1);
  if (!step.root) parentIds.fill(0xff);
  return { spanIds, parentIds, marks: Uint8Array.of(1), startNs: 0n, endNs: 0n, bodyBytes: step.bytes };
}

interface Fed {
  readonly chunk: WindowChunk | null;
  readonly appendTimeMs: number;
}

function feed(steps: readonly Step[]): Fed[] {
  let timeMs = 1_000_000;
  return steps.map((step, offset) => {
    timeMs += step.afterMs;
    const chunk =
      step.trace === null
        ? null
        : { offset, traceId: `trace-${step.trace}`, streamTimeMs: timeMs, index: index(step, offset) };
    return { chunk, appendTimeMs: timeMs };
  });
}

interface Outcome {
  readonly traceId: string;
  readonly reason: CloseReason;
  readonly offsets: readonly number[];
}

const outcome = (closing: Closing<WindowChunk>): Outcome => ({
  traceId: closing.traceId,
  reason: closing.reason,
  offsets: closing.chunks.map((chunk) => chunk.offset),
});

const byFirstOffset = (a: Outcome, b: Outcome): number => (a.offsets[0] ?? 0) - (b.offsets[0] ?? 0);

/** SPEC.md in the plainest code: every trace looked at for every record. */
function model(fed: readonly Fed[]): Outcome[] {
  interface Trace {
    chunks: WindowChunk[];
    firstMs: number;
    lastMs: number;
    waiting: boolean;
  }
  const open = new Map<string, Trace>();
  const out: Outcome[] = [];
  const end = (traceId: string, trace: Trace, reason: CloseReason): void => {
    open.delete(traceId);
    out.push({ traceId, reason, offsets: trace.chunks.map((chunk) => chunk.offset) });
  };
  for (const { chunk, appendTimeMs } of fed) {
    for (const [traceId, trace] of open) {
      const roots = trace.chunks.filter((c) => c.index.parentIds[0] === 0).length;
      const missing = trace.chunks.some((c) => c.index.parentIds[0] !== 0);
      if (!trace.waiting && trace.lastMs + limits.settleMs <= Math.min(appendTimeMs, trace.firstMs + limits.maxAgeMs)) {
        if (roots === 1 && !missing) {
          end(traceId, trace, 'complete');
          continue;
        }
        trace.waiting = true;
      }
      const quietAt = trace.waiting ? trace.lastMs + limits.quietMs : Infinity;
      const ageAt = trace.firstMs + limits.maxAgeMs;
      if (Math.min(quietAt, ageAt) <= appendTimeMs) end(traceId, trace, quietAt <= ageAt ? 'quiet' : 'maxAge');
    }
    if (chunk === null) continue;
    const before = open.get(chunk.traceId);
    if (before !== undefined) {
      if (before.chunks.length + 1 > limits.maxSpans) end(chunk.traceId, before, 'maxSpans');
      else if (before.chunks.reduce((sum, c) => sum + c.index.bodyBytes, chunk.index.bodyBytes) > limits.maxBytes) {
        end(chunk.traceId, before, 'maxBytes');
      }
    }
    const trace = open.get(chunk.traceId) ?? { chunks: [], firstMs: appendTimeMs, lastMs: 0, waiting: false };
    trace.chunks.push(chunk);
    trace.lastMs = appendTimeMs;
    trace.waiting = false;
    open.set(chunk.traceId, trace);
  }
  return out.toSorted(byFirstOffset);
}

function run(window: AssemblyWindow<WindowChunk>, fed: readonly Fed[]): Outcome[] {
  return fed.flatMap(({ chunk, appendTimeMs }) => {
    const closed = window.advance(appendTimeMs);
    if (chunk !== null) closed.push(...window.add(chunk));
    return closed.map(outcome);
  });
}

const steps = fc.array(
  fc.record({
    afterMs: fc.oneof({ weight: 5, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.nat(400) }),
    trace: fc.option(fc.nat(4), { freq: 6 }),
    root: fc.boolean(),
    bytes: fc.nat(500),
  }),
  { maxLength: 120 },
);

describe('AssemblyWindow', () => {
  test('closes what SPEC.md says, when it says', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const fed = feed(script);
        expect(run(new AssemblyWindow(limits), fed).toSorted(byFirstOffset)).toEqual(model(fed));
      }),
      { numRuns: 500 },
    );
  });

  test('closes earliest deadline first', () => {
    const window = new AssemblyWindow(limits);
    run(
      window,
      feed([
        { afterMs: 0, trace: 1, root: true, bytes: 1 },
        { afterMs: 10, trace: 2, root: true, bytes: 1 },
        { afterMs: 10, trace: 3, root: true, bytes: 1 },
        { afterMs: 10, trace: 1, root: true, bytes: 1 },
      ]),
    );
    expect(window.advance(2_000_000).map((closing) => [closing.traceId, closing.reason])).toEqual([
      ['trace-2', 'complete'],
      ['trace-3', 'complete'],
      ['trace-1', 'quiet'],
    ]);
  });

  test('comes back from its open chunks alone and goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(steps, fc.nat(120), (script, at) => {
        const fed = feed(script);
        const whole = run(new AssemblyWindow(limits), fed);

        const first = new AssemblyWindow<WindowChunk>(limits);
        const before = run(first, fed.slice(0, at));
        const emitted = new Set(before.flatMap((closing) => closing.offsets));
        const open = fed.slice(0, at).filter((item) => item.chunk !== null && !emitted.has(item.chunk.offset));

        const second = new AssemblyWindow<WindowChunk>(limits);
        const after = [...run(second, open), ...run(second, fed.slice(at))];
        expect([...before, ...after].toSorted(byFirstOffset)).toEqual(whole.toSorted(byFirstOffset));
      }),
      { numRuns: 500 },
    );
  });

  test('counts what is open, and nothing else', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const fed = feed(script);
        const window = new AssemblyWindow<WindowChunk>(limits);
        const closed = new Set(run(window, fed).flatMap((closing) => closing.offsets));
        const open = fed.flatMap((item) => (item.chunk !== null && !closed.has(item.chunk.offset) ? [item.chunk] : []));
        expect(window.openSpans).toBe(open.length);
        expect(window.openBytes).toBe(open.reduce((sum, chunk) => sum + chunk.index.bodyBytes, 0));
        expect(window.openTraces).toBe(new Set(open.map((chunk) => chunk.traceId)).size);
      }),
    );
  });

  test('under pressure the trace that has been open longest goes first', () => {
    const window = new AssemblyWindow(limits);
    run(
      window,
      feed([
        { afterMs: 0, trace: 1, root: true, bytes: 1 },
        { afterMs: 10, trace: 2, root: true, bytes: 1 },
        { afterMs: 10, trace: 1, root: false, bytes: 1 },
      ]),
    );
    expect(window.closeOldest(1).map(outcome)).toEqual([{ traceId: 'trace-1', reason: 'pressure', offsets: [0, 2] }]);
    expect(window.openTraces).toBe(1);
    expect(window.closeOldest(9)).toHaveLength(1);
    expect(window.closeOldest(1)).toEqual([]);
  });

  test('refuses limits that contradict each other', () => {
    expect(() => new AssemblyWindow({ ...limits, settleMs: 301 })).toThrow('settle ≤ quiet ≤ max age');
  });
});
