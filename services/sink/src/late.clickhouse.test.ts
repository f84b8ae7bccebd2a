import type { NewRecord } from '@spanloom/log';
import { SpanKind } from '@spanloom/span';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { figuresOfLog, figuresOfStore } from './testing/figures.ts';
import { type Owner, type Rig, type TestEngine, makeRig, startEngine, startMs } from './testing/rig.ts';
import { type ShortSpan, chunkOf, traceIdOf, traceRecord } from './testing/traces.ts';

let engine: TestEngine;
let rig: Rig;

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.remove());
beforeEach(async () => {
  rig = await makeRig(engine);
});
afterEach(() => rig.remove());

/** A span of a random trace: what it refers to, it refers to by a number that is taken modulo what there is. */
const anySpan = fc.record({
  /** Takes the id of an earlier span one time in four: with its kind a duplicate, with another one shared as Zipkin does. */
  sameIdAs: fc.option(fc.nat(), { freq: 3 }),
  sameKind: fc.boolean(),
  /** The number of an earlier or later span; null is a root, -1 a parent that is nowhere. */
  parent: fc.oneof({ weight: 8, arbitrary: fc.nat() }, { weight: 1, arbitrary: fc.constantFrom(null, -1) }),
  kind: fc.constantFrom(...Object.values(SpanKind)),
  service: fc.constantFrom('web', 'cart', 'mail'),
  environment: fc.constantFrom('prod', 'prod', 'staging'),
  name: fc.constantFrom('GET', 'POST /cart', '/users/4711'),
  fromMs: fc.nat(2 * 60_000),
  lengthMs: fc.oneof(fc.nat(50), fc.nat(50_000)),
  error: fc.boolean(),
  traceState: fc.constantFrom('', '', 'ot=th:8', 'ot=th:c'),
  peer: fc.constantFrom(
    {},
    {},
    { 'peer.service': 'stock' },
    { 'db.system.name': 'postgresql', 'db.namespace': 'carts' },
    { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
    { 'server.address': 'api.example.com' },
  ),
  link: fc.option(fc.record({ to: fc.nat(), elsewhere: fc.boolean() }), { freq: 3 }),
  chunk: fc.nat(4),
});

const anyTrace = fc.record({
  spans: fc.array(anySpan, { minLength: 1, maxLength: 14 }),
  /** By chunk: the closing that it went out with. */
  closings: fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }),
});

/** Traces are independent: many of them share the few inserts of a run. */
const anyRun = fc.record({
  traces: fc.array(anyTrace, { minLength: 1, maxLength: 25 }),
  /** What happens behind some of the records, by a number that is taken modulo what there is. */
  events: fc.array(
    fc.record({ behind: fc.nat(), what: fc.constantFrom('cut', 'cut', 'twice', 'again later', 'restart') }),
    { maxLength: 8 },
  ),
});

type Trace = typeof anyTrace extends fc.Arbitrary<infer T> ? T : never;

function spansOf(trace: Trace, traceId: string, runMs: number): ShortSpan[] {
  const spans: ShortSpan[] = [];
  for (const [at, any] of trace.spans.entries()) {
    const twin = any.sameIdAs === null || at === 0 ? undefined : spans[any.sameIdAs % at];
    const parent = any.parent === null ? 0 : any.parent === -1 ? 999 : 1 + (any.parent % trace.spans.length);
    spans.push({
      id: twin?.id ?? at + 1,
      parent,
      kind: any.sameKind && twin?.kind !== undefined ? twin.kind : any.kind,
      service: any.service,
      environment: any.environment,
      name: any.name,
      fromMs: runMs + any.fromMs,
      toMs: runMs + any.fromMs + any.lengthMs,
      error: any.error,
      traceState: any.traceState,
      attributes: any.peer,
      links:
        any.link === null
          ? []
          : [{ traceId: any.link.elsewhere ? traceIdOf(7) : traceId, id: 1 + (any.link.to % trace.spans.length) }],
    });
  }
  return spans;
}

test('however a trace is cut into closings and batches, its figures end as those of the whole trace', async () => {
  let runs = 0;
  let chunkOffset = 0;
  let owner: Owner = await rig.own();
  await fc.assert(
    fc.asyncProperty(anyRun, async ({ traces, events }) => {
      runs += 1;
      // Each run has minutes of its own, all of them within the days that are believed.
      const runMs = -runs * 10 * 60_000;
      const firstOffset = (await rig.log().bounds('traces', 0)).high;
      const records = traces.flatMap((trace, at) => {
        const traceId = traceIdOf(1000 + runs * 100 + at);
        const spans = spansOf(trace, traceId, runMs);
        const closings = new Map<number, ReturnType<typeof chunkOf>[]>();
        for (let chunk = 0; chunk < 5; chunk += 1) {
          const own = spans.filter((_, index) => trace.spans[index]?.chunk === chunk);
          const closing = trace.closings[chunk] ?? 0;
          if (own.length === 0) continue;
          closings.set(closing, [...(closings.get(closing) ?? []), chunkOf(traceId, chunkOffset++, own)]);
        }
        return Array.from(closings, ([closing, chunks]) => ({ closing, record: traceRecord(traceId, chunks) }));
      });
      records.sort((a, b) => a.closing - b.closing);

      const again: NewRecord[] = [];
      for (const [at, { record }] of records.entries()) {
        await rig.append(record);
        for (const { what } of events.filter(({ behind }) => behind % records.length === at)) {
          if (what === 'cut') await rig.endCut();
          if (what === 'twice') await rig.append(record);
          if (what === 'again later') again.push(record);
          if (what !== 'restart') continue;
          await rig.read(owner);
          owner = await rig.own();
        }
      }
      for (const record of again) await rig.append(record);
      await rig.endCut();
      await rig.endCut();
      await rig.read(owner, 3);

      const mine = (await rig.records('traces')).filter((record) => record.offset >= firstOffset);
      const fromMinute = (startMs + runMs) / 60_000;
      const stored = await figuresOfStore(rig.store, fromMinute, fromMinute + 3);
      expect(stored).toEqual(figuresOfLog(mine));
      expect(stored.operations.length).toBeGreaterThan(0);
    }),
    { numRuns: 12 },
  );
});
