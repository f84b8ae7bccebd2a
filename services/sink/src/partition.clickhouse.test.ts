import { SpanKind } from '@spanloom/span';
import { StoreError, batchTables } from '@spanloom/store';
import { type TraceChunk, decompress } from '@spanloom/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { figuresOfLog, figuresOfStore } from './testing/figures.ts';
import { type Rig, type RigOptions, type TestEngine, makeRig, startEngine, startMs } from './testing/rig.ts';
import { chunkOf, traceIdOf, traceRecord } from './testing/traces.ts';

let engine: TestEngine;
let rig: Rig;

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.remove());

async function setUp(options?: RigOptions): Promise<void> {
  rig = await makeRig(engine, options);
}
afterEach(() => rig.remove());

/** A call from one service to another, in two chunks with these offsets. */
function callChunks(trace: number, offset: number): [TraceChunk, TraceChunk] {
  const traceId = traceIdOf(trace);
  return [
    chunkOf(traceId, offset, [
      { id: 1, service: 'web', kind: SpanKind.server, name: 'GET', toMs: 100 + trace },
      { id: 2, parent: 1, service: 'web', kind: SpanKind.client, name: 'call', fromMs: 5, toMs: 90 },
    ]),
    chunkOf(traceId, offset + 1, [
      {
        id: 3,
        parent: 2,
        service: 'cart',
        kind: SpanKind.server,
        name: 'add',
        fromMs: 10,
        toMs: 80,
        error: trace % 2 === 0,
      },
    ]),
  ];
}

/** Appends a trace with a call; its chunks have the offsets 2n and 2n + 1. */
async function appendCall(trace: number, watermarkOffset = 0): Promise<number> {
  return await rig.append(traceRecord(traceIdOf(trace), callChunks(trace, 2 * trace), watermarkOffset));
}

const minute = startMs / 60_000;

/** Everything in `traces` but what stands at these positions is stored once, in every table. */
async function expectStoredOnce(except: readonly number[] = []): Promise<void> {
  const records = (await rig.records('traces')).filter((record) => !except.includes(record.offset));
  expect(await figuresOfStore(rig.store, minute, minute + 1)).toEqual(figuresOfLog(records));
  const traces = records.filter((record) => record.key !== null).length;
  expect(await rig.number(`SELECT count() FROM fragments_data WHERE marker = ''`)).toBe(traces);
  expect(await rig.number(`SELECT count() FROM spans_data WHERE marker = ''`)).toBe(3 * traces);
}

async function position(): Promise<number> {
  return (await rig.store.lastBatch(rig.log().stream.id, 0))?.id.b ?? -1;
}

function unavailable(): StoreError {
  return new StoreError('the test says no', 'unavailable');
}

describe('an owner', () => {
  beforeEach(() => setUp());

  test('stores finished traces once, and records how far', async () => {
    const owner = await rig.own();
    await appendCall(1);
    await appendCall(2, 4);
    await rig.endCut(6);
    await appendCall(3);
    await rig.endCut();
    await rig.read(owner, 1);

    await expectStoredOnce();
    const last = await rig.store.lastBatch(rig.log().stream.id, 0);
    expect(last).toMatchObject({ id: { a: 2, b: 4 }, fragments: 1, spans: 3, watermark: { offset: 0 } });
    expect(rig.told).toMatchObject({ fragments: 3, lateFragments: 0, strippedChunks: 0 });
  });

  test('commits where it began, and then only where it has come further', async () => {
    const owner = await rig.own();
    await appendCall(1);
    await appendCall(2);
    await rig.endCut();
    await appendCall(3);
    await rig.endCut();
    await rig.read(owner, 1);
    expect(rig.told.commits).toEqual([0, 2, 4]);
  });

  test('strips what a zombie wrote again, in the batch, in another one, and after a restart', async () => {
    const owner = await rig.own();
    await appendCall(1);
    await appendCall(1);
    await rig.endCut();
    await appendCall(1);
    await appendCall(2);
    await rig.endCut();
    await rig.endCut();
    await rig.read(owner);
    await rig.read(await rig.own());
    await appendCall(2);
    await rig.endCut();
    await rig.read(await rig.own());

    expect(await figuresOfStore(rig.store, minute, minute + 1)).toEqual(figuresOfLog(await rig.records('traces')));
    expect(await rig.number(`SELECT count() FROM fragments_data WHERE marker = ''`)).toBe(2);
    expect(await rig.number(`SELECT count() FROM spans_data WHERE marker = ''`)).toBe(6);
    expect(rig.told.strippedChunks).toBe(6);
  });

  test('strips what lies below the watermark without asking for its offsets', async () => {
    const owner = await rig.own();
    await appendCall(1, 0);
    await rig.endCut(50);
    await rig.endCut(50);
    await appendCall(2, 50);
    await rig.endCut(50);
    await rig.read(owner);
    expect(rig.told).toMatchObject({ fragments: 1, strippedChunks: 2 });
  });

  test('records a partition that only has heartbeats after 5 s, with how far it is complete', async () => {
    const owner = await rig.own();
    await rig.endCut(7);
    await rig.endCut(9);
    await rig.read(owner);
    const from = rig.clock.now();
    expect(await position()).toBe(-1);

    rig.clock.moveBy(4999);
    await owner.worker.idle();
    expect(await position()).toBe(-1);
    rig.clock.moveBy(1);
    await owner.worker.idle();
    expect(await rig.store.lastBatch(rig.log().stream.id, 0)).toMatchObject({
      id: { a: 0, b: 1 },
      watermark: { offset: 7, streamTimeMs: from - 1000 },
    });
    expect(rig.faults.writes).toEqual(['record']);
  });

  test('goes on from the low end of the log where traces expired before they were stored, and tells it', async () => {
    await appendCall(1);
    await rig.endCut();
    await rig.read(await rig.own());
    expect(await position()).toBe(1);
    for (let trace = 2; trace <= 4; trace += 1) {
      await appendCall(trace);
      rig.clock.moveBy(60_000);
    }
    await rig.reopenLog(90_000);
    const { low, high } = await rig.log().bounds('traces', 0);
    expect(low).toBeGreaterThan(1);
    expect(low).toBeLessThan(high);

    const owner = await rig.own();
    expect(owner.next).toBe(low);
    expect(rig.told.expired).toEqual([[1, low]]);
    await rig.endCut();
    await rig.read(owner);
    expect(await rig.number(`SELECT count() FROM fragments_data WHERE marker = '' AND position >= ${low}`)).toBe(
      high - low,
    );
  });

  test('tells what expired of a partition that it never stored anything of', async () => {
    for (let trace = 1; trace <= 3; trace += 1) {
      await appendCall(trace);
      rig.clock.moveBy(60_000);
    }
    await rig.reopenLog(90_000);
    const { low } = await rig.log().bounds('traces', 0);
    expect(low).toBeGreaterThan(0);
    await rig.own();
    expect(rig.told.expired).toEqual([[0, low]]);
  });

  test('refuses a log that is shorter than what was stored: the topic was recreated', async () => {
    const id = { stream: rig.log().stream.id, partition: 0, a: 40, b: 50, appendTimeMs: startMs };
    await rig.store.record({
      id,
      watermark: { offset: 0, streamTimeMs: 0 },
      fragments: 0,
      spans: 0,
      duplicateSpans: 0,
    });
    await expect(rig.own()).rejects.toMatchObject({
      message: expect.stringContaining('Start a new stream'),
      retryable: false,
    });
  });

  test('stops retryably where the store is not there, and records nothing', async () => {
    await appendCall(1);
    await rig.endCut();
    for (const failing of [...batchTables, 'record']) {
      rig.faults.before = (step) => {
        if (step === failing) throw unavailable();
      };
      await expect(rig.read(await rig.own())).rejects.toMatchObject({ name: 'StoreError', retryable: true });
      expect(await position()).toBe(-1);
    }
    expect(rig.faults.writes).toEqual(batchTables);
    expect(await rig.records('spans.dlq')).toEqual([]);
  });

  test('writes nothing more once its lease is lost', async () => {
    const owner = await rig.own();
    await appendCall(1);
    await rig.endCut();
    rig.faults.after = (step) => {
      if (step === 'spans') owner.loseLease();
    };
    await expect(rig.read(owner)).rejects.toMatchObject({ name: 'LeaseLostError', retryable: true });
    expect(rig.faults.writes).toEqual(['resources', 'spans']);
  });

  test('records nothing once its lease is lost, neither after a batch nor for heartbeats', async () => {
    const owner = await rig.own();
    await appendCall(1);
    await rig.endCut();
    rig.faults.after = (step) => {
      if (step === 'operations_minute') owner.loseLease();
    };
    await expect(rig.read(owner)).rejects.toMatchObject({ name: 'LeaseLostError' });
    await expect(owner.worker.idle()).rejects.toMatchObject({ name: 'LeaseLostError' });
    expect(await position()).toBe(-1);
  });

  test('sends a chunk that it cannot read to the DLQ with its offset, and stores the others', async () => {
    const owner = await rig.own();
    const [front, back] = callChunks(1, 10);
    const broken: TraceChunk = { ...back, offset: 12, codec: 'none', body: Buffer.from('garbage'), bodyBytes: 7 };
    await rig.append(traceRecord(traceIdOf(1), [front, broken, back]));
    await rig.append(traceRecord(traceIdOf(2), [{ ...broken, offset: 13 }]));
    await appendCall(3);
    await rig.endCut();
    await rig.read(owner);

    const letters = await rig.records('spans.dlq');
    expect(letters.map(({ headers }) => [headers['topic'], headers['partition'], headers['offset']])).toEqual([
      ['spans', '0', '12'],
      ['spans', '0', '13'],
    ]);
    expect(letters[0]?.value?.toString()).toBe('garbage');
    expect(letters[0]?.key?.toString('hex')).toBe(traceIdOf(1));
    expect(rig.told.deadLetters).toEqual([0, 1]);
    expect(await rig.number(`SELECT count() FROM spans_data WHERE marker = ''`)).toBe(6);
    expect((await figuresOfStore(rig.store, minute, minute + 1)).edges.join()).toContain(
      'web -> prod//cart rpc add calls=2/2',
    );
  });

  test('what was read of a broken chunk leaves nothing behind in the spans after it', async () => {
    const owner = await rig.own();
    const child = { id: 2, parent: 1, kind: SpanKind.consumer, links: [{ traceId: traceIdOf(9), id: 9 }] };
    const consumer = chunkOf(traceIdOf(1), 0, [
      { ...child, attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' } },
    ]);
    const plain = Buffer.concat([plainBody(consumer), Buffer.from([0x0a, 0x7f])]);
    const root = chunkOf(traceIdOf(1), 1, [{ id: 3, kind: SpanKind.consumer, name: 'root' }]);
    await rig.append(
      traceRecord(traceIdOf(1), [{ ...consumer, codec: 'none', body: plain, bodyBytes: plain.length }, root]),
    );
    await rig.endCut();
    await rig.read(owner);

    expect((await rig.records('spans.dlq')).length).toBe(1);
    expect(
      await rig.number(`SELECT sum(parent_span_id != unhex('0000000000000000')) FROM spans_data WHERE marker = ''`),
    ).toBe(0);
    expect((await figuresOfStore(rig.store, minute, minute + 1)).edges.join()).toMatch(
      /^\d+ - -> prod\/\/shop entry root calls=1\/1/,
    );
  });

  test('sends a record that no assembler wrote to the DLQ, and goes on', async () => {
    const owner = await rig.own();
    await rig.append({ key: null, value: Buffer.from('garbage') });
    await appendCall(1);
    await rig.endCut();
    await rig.read(owner);
    expect((await rig.records('spans.dlq'))[0]?.headers).toMatchObject({
      topic: 'traces',
      partition: '0',
      offset: '0',
    });
    expect(await rig.number(`SELECT count() FROM fragments_data WHERE marker = ''`)).toBe(1);
  });
});

describe('the next owner', () => {
  /** Three batches, one of them without rows. */
  async function appendBatches(): Promise<void> {
    await appendCall(1);
    await appendCall(2);
    await rig.endCut();
    await rig.endCut();
    await appendCall(3);
    await appendCall(4);
    await rig.endCut();
  }

  test('finishes what was begun: dead after every single write, with every token forgotten', async () => {
    await setUp();
    await appendBatches();
    rig.faults.after = () => {
      throw unavailable();
    };
    expect(await rig.readUntilDone()).toBeGreaterThan(10);
    await expectStoredOnce();
  });

  test('inserts again, as another attempt, what ClickHouse took and lost', async () => {
    await setUp();
    await appendBatches();
    const lost: string[] = [];
    rig.faults.loses = (table, attempt) => {
      const loses = lost.filter((each) => each.startsWith(table)).length < 2;
      if (loses) lost.push(`${table} ${attempt}`);
      return loses;
    };
    await rig.read(await rig.own());
    await expectStoredOnce();
    expect(lost).toEqual(batchTables.flatMap((table) => [`${table} 1`, `${table} 2`]));
  });

  test('stops where ClickHouse takes a block again and again, and does not have it', async () => {
    await setUp();
    await appendBatches();
    rig.faults.loses = (table) => table === 'spans';
    await expect(rig.read(await rig.own())).rejects.toMatchObject({
      name: 'StoreError',
      message: expect.stringMatching(/^spans took batch \[0, 2\) of partition 0 of stream \S+ 10 times/),
    });
  });

  test('finishes what was begun: dead once before every write', async () => {
    await setUp();
    await appendBatches();
    let died = -1;
    rig.faults.before = () => {
      if (died === rig.faults.writes.length) return;
      died = rig.faults.writes.length;
      throw unavailable();
    };
    expect(await rig.readUntilDone()).toBeGreaterThan(10);
    await expectStoredOnce();
  });

  test('looks for the batch behind one without rows that was not recorded', async () => {
    await setUp();
    await appendCall(1);
    await rig.endCut();
    await rig.read(await rig.own());
    await rig.endCut();
    await appendCall(2);
    await rig.endCut();
    rig.faults.after = (step) => {
      if (step !== 'edges_minute') return;
      rig.faults.after = () => undefined;
      throw unavailable();
    };
    await rig.readUntilDone();
    await expectStoredOnce();
  });

  test('does not double what a zombie still inserts: the tokens catch it', async () => {
    await setUp({ tokens: 1000 });
    const zombie = await rig.own();
    await appendCall(1);
    await rig.endCut();
    const heir = await rig.own();
    await rig.read(heir);
    await rig.read(zombie).catch(() => undefined);
    await expectStoredOnce();
  });
});

describe('a batch that ClickHouse refuses for its data', () => {
  /** Refuses a batch with these traces at this table. */
  function refuse(table: (typeof batchTables)[number], ...traces: readonly number[]): void {
    const poison = new Set(traces.map(traceIdOf));
    rig.faults.before = (step, batch) => {
      if (step !== table || batch === null || !batch.fragments.some(({ traceId }) => poison.has(traceId))) return;
      throw new StoreError('the test refuses it', 'refused');
    };
  }

  test('is halved down to the record to blame; all others are stored once', async () => {
    await setUp();
    const owner = await rig.own();
    const offsets: number[] = [];
    for (let trace = 1; trace <= 11; trace += 1) offsets.push(await appendCall(trace));
    await rig.endCut();
    refuse('resources', 5);
    await rig.read(owner);

    const poison = offsets[4] ?? -1;
    const letters = await rig.records('spans.dlq');
    expect(letters.map(({ headers }) => [headers['topic'], headers['offset'], headers['reason']])).toEqual([
      ['traces', String(poison), 'the test refuses it'],
    ]);
    expect(letters[0]?.value?.equals((await rig.records('traces'))[poison]?.value ?? Buffer.alloc(0))).toBe(true);
    await expectStoredOnce([poison]);
    // The next owner must count from where the cut began, not from its last piece.
    expect(await rig.store.lastBatch(rig.log().stream.id, 0)).toMatchObject({ id: { a: 0, b: 11 } });
  });

  test('is in no sum, and what comes late of its trace is not corrected by it', async () => {
    await setUp();
    const owner = await rig.own();
    const [front, back] = callChunks(1, 2);
    await rig.append(traceRecord(traceIdOf(1), [front]));
    await rig.endCut();
    refuse('edges_minute', 1);
    await rig.read(owner);
    rig.faults.before = () => undefined;
    await rig.append(traceRecord(traceIdOf(1), [back]));
    await rig.endCut();
    await rig.read(await rig.own());

    const others = figuresOfLog((await rig.records('traces')).filter(({ offset }) => offset !== 0));
    expect(await figuresOfStore(rig.store, minute, minute + 1)).toEqual(others);
  });

  test('sends an unreadable chunk of it to the DLQ once', async () => {
    await setUp();
    const owner = await rig.own();
    const [front, back] = callChunks(1, 2);
    await rig.append(traceRecord(traceIdOf(1), [front, back, { ...back, offset: 100, bodyBytes: 5 }]));
    await appendCall(2);
    await appendCall(3);
    await rig.endCut();
    refuse('spans', 3);
    await rig.read(owner);
    expect((await rig.records('spans.dlq')).map(({ headers }) => headers['offset'])).toEqual(['100', '2']);
  });

  test.each(['edges_minute', 'operations_minute'] as const)(
    'is cut and halved as before by whoever comes after: dead after every write, refused by %s, cut by size',
    async (table) => {
      // 15 spans are 5 traces: nothing but their number tells where a cut ends.
      await setUp({ cut: { maxSpans: 15 } });
      for (let trace = 1; trace <= 14; trace += 1) await appendCall(trace);
      await rig.endCut();
      refuse(table, 1, 7, 12);
      rig.faults.after = () => {
        throw unavailable();
      };
      await rig.readUntilDone();

      const refused = new Set((await rig.records('spans.dlq')).map(({ headers }) => Number(headers['offset'])));
      expect(refused).toEqual(new Set([0, 6, 11]));
      const all = await rig.records('traces');
      const others = figuresOfLog(all.filter(({ offset }) => !refused.has(offset)));
      const stored = await figuresOfStore(rig.store, minute, minute + 1);
      expect(stored.operations).toEqual(others.operations);
      // A table in front of the one that refuses took the whole batch: once.
      expect(stored.edges).toEqual(table === 'operations_minute' ? figuresOfLog(all).edges : others.edges);
    },
  );
});

function plainBody(chunk: TraceChunk): Uint8Array {
  const body = decompress(chunk.codec, chunk.body, chunk.bodyBytes);
  if (!body.ok) throw new Error(body.error.message);
  return body.value;
}
