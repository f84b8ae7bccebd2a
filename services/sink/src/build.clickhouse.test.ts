import { SpanKind } from '@spanloom/span';
import { operationFigures } from '@spanloom/store';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { figuresOfStore } from './testing/figures.ts';
import { type Rig, type TestEngine, makeRig, startEngine, startMs } from './testing/rig.ts';
import { chunkOf, traceIdOf, traceRecord } from './testing/traces.ts';

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

const minute = startMs / 60_000;

/** In letters: a number would be taken for an id, and folded to `{id}`. */
function operationOf(n: number): string {
  return `op ${String(n).replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')}`;
}

test('of 1,000 operations 500 keep their names, and a late span corrects what was counted under (other)', async () => {
  const owner = await rig.own();
  for (let n = 1; n <= 1000; n += 1) {
    const spans = [{ id: 1, service: 'web', kind: SpanKind.client, name: operationOf(n), toMs: 20 }];
    await rig.append(traceRecord(traceIdOf(n), [chunkOf(traceIdOf(n), n, spans)]));
  }
  await rig.endCut();
  await rig.read(owner);

  const window = { fromMinute: minute, toMinute: minute + 1 };
  const of = async (operation: string): Promise<unknown> =>
    (await operationFigures(rig.store.read, window)).find((row) => row.operation === operation);
  const before = await operationFigures(rig.store.read, window);
  expect(before.length).toBe(501);
  expect(before.reduce((sum, row) => sum + row.calls, 0)).toBe(1000);
  expect(await of('(other)')).toMatchObject({ calls: 500, selfTimeNs: 500 * 20e6 });
  expect(rig.told.folded).toEqual([{ service: 'web', what: 'operation', count: 500 }]);

  // The server of a call whose client was counted under (other), and of one that was not.
  for (const n of [900, 100]) {
    const late = [{ id: 2, parent: 1, service: 'cart', kind: SpanKind.server, name: 'add', fromMs: 5, toMs: 15 }];
    await rig.append(traceRecord(traceIdOf(n), [chunkOf(traceIdOf(n), 2000 + n, late)]));
  }
  await rig.endCut();
  await rig.read(owner);

  const after = await operationFigures(rig.store.read, window);
  expect(after.length).toBe(502);
  expect(after.reduce((sum, row) => sum + row.calls, 0)).toBe(1002);
  expect(await of('(other)')).toMatchObject({ calls: 500, selfTimeNs: 499 * 20e6 + 10e6 });
  expect(await of(operationOf(100))).toMatchObject({ calls: 1, selfTimeNs: 10e6 });
  expect(await of(operationOf(900))).toBeUndefined();
  const { edges } = await figuresOfStore(rig.store, minute, minute + 1);
  expect(edges.map((line) => line.slice(0, line.indexOf('{')).trim())).toEqual([
    `${minute} prod//web -> prod//(unknown) rpc  calls=998/998 errors=0/0 unpaired=998`,
    `${minute} prod//web -> prod//cart rpc add calls=2/2 errors=0/0 unpaired=0`,
  ]);
});

test('a span dated 1970 or 2100 is counted in the minute of its append, and its fragment says so', async () => {
  const owner = await rig.own();
  const at = { 1: -startMs, 2: Date.UTC(2100, 0, 1) - startMs, 3: -3_600_000 };
  for (const [n, fromMs] of Object.entries(at)) {
    const traceId = traceIdOf(Number(n));
    await rig.append(
      traceRecord(traceId, [
        chunkOf(traceId, Number(n), [{ id: 1, name: operationOf(Number(n)), fromMs, toMs: fromMs + 1 }]),
      ]),
    );
  }
  await rig.endCut();
  await rig.read(owner);

  const { operations } = await figuresOfStore(rig.store, minute, minute + 1);
  expect(operations.map((line) => line.split(' calls')[0])).toEqual([
    `${minute} prod//shop 1 op b`,
    `${minute} prod//shop 1 op c`,
  ]);
  expect(
    await rig.number(
      `SELECT groupArray(time_shifted) = [1, 1, 0] FROM (SELECT time_shifted FROM fragments ORDER BY position)`,
    ),
  ).toBe(1);
  expect(
    await rig.number(
      `SELECT count() FROM spans_data WHERE marker = '' AND toYear(fromUnixTimestamp64Nano(toInt64(start_ns))) IN (1970, 2100)`,
    ),
  ).toBe(2);
});

test('a trace with more than 10,000 earlier spans is not corrected: what comes late is counted by itself', async () => {
  const owner = await rig.own();
  const traceId = traceIdOf(1);
  const many = Array.from({ length: 10_001 }, (_, at) => ({ id: at + 1, service: 'web', kind: SpanKind.client }));
  await rig.append(traceRecord(traceId, [chunkOf(traceId, 0, many)]));
  await rig.endCut();
  await rig.append(
    traceRecord(traceId, [chunkOf(traceId, 1, [{ id: 20_000, parent: 1, service: 'cart', kind: SpanKind.server }])]),
  );
  await rig.endCut();
  await rig.read(owner);

  const { edges } = await figuresOfStore(rig.store, minute, minute + 1);
  expect(edges.map((line) => line.split(' errors')[0])).toEqual([
    `${minute} - -> prod//cart entry work calls=1/1`,
    `${minute} prod//web -> prod//(unknown) rpc  calls=10001/10001`,
  ]);
  expect(await rig.number(`SELECT sum(unlinked) FROM fragments`)).toBe(1);
});
