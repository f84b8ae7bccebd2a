import { type FaultyBuffer, openFaultyBuffer } from '@spanloom/buffer/testing';
import type { EmbeddedLog, Lease, LogRecord, PartitionWorker } from '@spanloom/log';
import { type DataDir, type ManualClock, makeDataDir, manualClock } from '@spanloom/log/testing';
import { type TraceRecord, decodeTracesValue, encodeSpansRecord } from '@spanloom/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { decodeMetadata } from './commit.ts';
import { LateWatch } from './late-watch.ts';
import type { AssemblerObserver } from './observer.ts';
import { partitionAssembler } from './partition.ts';

const cut = { intervalMs: 1000, maxSpans: 50_000, maxBytes: 33_554_432 };
const limits = { settleMs: 6000, quietMs: 30_000, maxAgeMs: 300_000, maxSpans: 1000, maxBytes: 1_000_000 };

let folder: DataDir;
let log: EmbeddedLog;
let clock: ManualClock;
let buffer: FaultyBuffer;
let seen: { expired: number[]; dead: number; pressure: number };

beforeEach(async () => {
  folder = await makeDataDir();
  clock = manualClock();
  log = await folder.open({ clock, partitions: 1 });
  buffer = openFaultyBuffer({ maxBytes: 16 * 1024 * 1024 });
  seen = { expired: [], dead: 0, pressure: 0 };
});
afterEach(() => folder.discard());

const observer: AssemblerObserver = {
  claimed: () => undefined,
  expired: (_partition, from, to) => seen.expired.push(from, to),
  closed: () => undefined,
  late: () => undefined,
  deadLetter: () => (seen.dead += 1),
  pressure: (_partition, traces) => (seen.pressure += traces),
  open: () => undefined,
  released: () => undefined,
  retry: () => undefined,
};

/** A worker under a lease that lasts, and where it reads next. */
interface Owner {
  readonly worker: PartitionWorker;
  next: number;
}

async function own(): Promise<Owner> {
  const lease: Lease = {
    partition: 0,
    check: () => undefined,
    commit: async (offset, metadata) => {
      committed = { offset, metadata };
    },
  };
  const owned: EmbeddedLog = { ...log, committed: async () => committed };
  const worker = partitionAssembler({ log: owned, buffer, limits, cut, clock, observer, late: new LateWatch() }, lease);
  return { worker, next: await worker.open() };
}
let committed: { offset: number; metadata: string } | null = null;
beforeEach(() => {
  committed = null;
});

/** Lets the owner read what there is, in portions. */
async function read(owner: Owner, portion = 2): Promise<void> {
  for (;;) {
    const records = (await log.read('spans', 0, owner.next)).slice(0, portion);
    const last = records.at(-1);
    if (last === undefined) return;
    await owner.worker.process(records);
    owner.next = last.offset + 1;
  }
}

let nextSpan = 1;

/** Appends a chunk of one span: a root, so that its trace is whole at once. */
async function chunk(trace: number, bodyBytes = 10): Promise<number> {
  const traceId = trace.toString(16).padStart(32, '0');
  const spanIds = new Uint8Array(8);
  new DataView(spanIds.buffer).setUint32(4, nextSpan++);
  const index = {
    spanIds,
    parentIds: new Uint8Array(8),
    marks: Uint8Array.of(2),
    startNs: 0n,
    endNs: 1n,
    bodyBytes,
  };
  const value = encodeSpansRecord({
    traceId,
    index,
    codec: 'none',
    body: Buffer.alloc(bodyBytes, trace),
    truncated: false,
  });
  return (await log.append('spans', 0, [{ key: Buffer.from(traceId, 'hex'), value }])).offset;
}

/** Moves time on and lets ticks and heartbeats happen. */
async function pass(owner: Owner, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    clock.moveBy(500);
    await owner.worker.idle();
    await read(owner);
  }
}

async function allOf(topic: 'traces' | 'spans.dlq'): Promise<LogRecord[]> {
  const { low, high } = await log.bounds(topic, 0);
  const records: LogRecord[] = [];
  for (let next = low; next < high; next = (records.at(-1)?.offset ?? high) + 1) {
    records.push(...(await log.read(topic, 0, next)));
  }
  return records;
}

async function traces(): Promise<TraceRecord[]> {
  return (await allOf('traces')).flatMap((record) => {
    const value = decodeTracesValue(record.value ?? Buffer.alloc(0));
    if (!value.ok) throw new Error(value.error.message);
    return value.value.type === 'trace' ? [value.value] : [];
  });
}

async function emittedChunks(): Promise<number[]> {
  return (await traces()).flatMap((trace) => trace.chunks.map((each) => each.offset)).toSorted((a, b) => a - b);
}

describe('an owner', () => {
  test('lets a whole trace go a settle after its last chunk, with bodies as they came', async () => {
    const owner = await own();
    const offsets = [await chunk(1), await chunk(2)];
    await read(owner);
    await pass(owner, 5500);
    expect(await traces()).toEqual([]);
    await pass(owner, 2000);

    const [first, second] = await traces();
    expect(first).toMatchObject({ reason: 'complete', part: 0, parts: 1, wholeness: { complete: true, roots: 1 } });
    expect(first?.chunks.map((each) => [each.offset, each.spanCount])).toEqual([[offsets[0], 1]]);
    expect(Buffer.from(first?.chunks[0]?.body ?? [])).toEqual(Buffer.alloc(10, 1));
    expect(second?.chunks[0]?.offset).toBe(offsets[1]);
  });

  test('commits the first chunk that is not emitted, and where `traces` is to be read from then', async () => {
    const owner = await own();
    await chunk(1);
    await read(owner);
    await pass(owner, 4000);
    const open = await chunk(2);
    await read(owner);
    await pass(owner, 3000);

    expect(await emittedChunks()).toEqual([0]);
    expect(committed?.offset).toBe(open);
    const metadata = decodeMetadata(committed?.metadata ?? '');
    const position = (await allOf('traces')).find((record) => record.key !== null)?.offset ?? -1;
    expect(metadata.ok && metadata.value.traces).toBeGreaterThan(position);
  });

  test('moves an idle partition on by ticks, and vouches for it in heartbeats', async () => {
    const owner = await own();
    await chunk(1);
    await read(owner);
    await pass(owner, 40_000);

    const values = (await allOf('traces')).map((record) => decodeTracesValue(record.value ?? Buffer.alloc(0)));
    const last = values.at(-1);
    expect(last?.ok === true && last.value.type).toBe('heartbeat');
    const { high } = await log.bounds('spans', 0);
    expect(last?.ok === true && last.value.watermark.offset).toBeGreaterThanOrEqual(high - 1);
    expect(last?.ok === true && clock.now() - last.value.watermark.streamTimeMs).toBeLessThanOrEqual(11_000);
  });

  test('never vouches for a chunk that is not in `traces` yet', async () => {
    const owner = await own();
    for (let trace = 1; trace <= 30; trace++) {
      await chunk(trace);
      if (trace % 3 === 0) await chunk(1);
      await read(owner);
      await pass(owner, 1500);
    }
    const gone = new Set<number>();
    for (const record of await allOf('traces')) {
      const value = decodeTracesValue(record.value ?? Buffer.alloc(0));
      if (!value.ok) throw new Error(value.error.message);
      for (const offset of await chunksBelow(value.value.watermark.offset)) expect(gone.has(offset)).toBe(true);
      if (value.value.type === 'trace') for (const each of value.value.chunks) gone.add(each.offset);
    }
    expect(gone.size).toBeGreaterThan(20);
  });

  test('sends what it cannot read to the DLQ, with its offset, and goes on', async () => {
    const owner = await own();
    await log.append('spans', 0, [{ key: Buffer.alloc(16), value: Buffer.from('garbage') }]);
    const good = await chunk(1);
    await read(owner);
    await pass(owner, 8000);

    expect(await emittedChunks()).toEqual([good]);
    const [letter] = await allOf('spans.dlq');
    expect(letter?.headers).toMatchObject({ topic: 'spans', partition: '0', offset: '0' });
    expect(letter?.value?.toString()).toBe('garbage');
    expect(seen.dead).toBe(1);
  });

  test('under pressure closes the oldest traces until there is room, and loses none', async () => {
    buffer = openFaultyBuffer({ maxBytes: 100_000 });
    const owner = await own();
    const offsets: number[] = [];
    for (let trace = 1; trace <= 20; trace++) offsets.push(await chunk(trace, 20_000));
    await read(owner);
    expect(seen.pressure).toBeGreaterThan(0);
    expect((await traces())[0]).toMatchObject({ reason: 'pressure' });
    await pass(owner, 8000);
    expect(await emittedChunks()).toEqual(offsets);
  });

  test('a trace larger than a record goes out in numbered parts', async () => {
    const owner = await own();
    for (let i = 0; i < 5; i++) await chunk(1, 900_000 / 5);
    await read(owner);
    for (let i = 0; i < 3; i++) await chunk(2, 999_000);
    await read(owner);
    await pass(owner, 31_000);
    const all = await traces();
    expect(all.filter((trace) => trace.reason === 'maxBytes').length).toBeGreaterThan(0);
    expect(await emittedChunks()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('the next owner', () => {
  test.each([
    ['finds the buffer as it was', () => undefined],
    ['finds the buffer wiped', () => buffer.wipe()],
    ['finds a chunk missing', () => buffer.loseChunk(log.stream.id, 0)],
  ])('%s: every chunk goes out once, and traces stay whole', async (_, harm) => {
    const first = await own();
    await chunk(1);
    await read(first);
    await pass(first, 4000);
    await chunk(2);
    await chunk(3);
    await read(first);
    await pass(first, 3000);
    expect(await emittedChunks()).toEqual([0]);

    harm();
    const second = await own();
    await chunk(3);
    await read(second);
    await pass(second, 40_000);
    const out = await traces();
    expect((await emittedChunks()).length).toBe(new Set(await emittedChunks()).size);
    expect(out.map((trace) => trace.chunks.length).toSorted((a, b) => a - b)).toEqual([1, 1, 2]);
  });

  test('does not emit again what was emitted and not released', async () => {
    const first = await own();
    await chunk(1);
    await read(first);
    const claim = buffer.claim.bind(buffer);
    // The first owner dies between the append to `traces` and the release.
    const dying: FaultyBuffer = {
      ...buffer,
      async claim(stream, partition) {
        const claimed = await claim(stream, partition);
        return {
          ...claimed,
          claim: {
            ...claimed.claim,
            async release(chunks, reconciled) {
              if (chunks.length > 0) throw new Error('died');
              await claimed.claim.release(chunks, reconciled);
            },
          },
        };
      },
    };
    const healthy = buffer;
    buffer = dying;
    const second = await own();
    await expect(pass(second, 8000)).rejects.toThrow('died');
    buffer = healthy;
    expect(await emittedChunks()).toEqual([0]);

    const third = await own();
    await pass(third, 40_000);
    expect(await emittedChunks()).toEqual([0]);
  });

  test('knows what is emitted also where one before it died while it read the log again', async () => {
    const first = await own();
    const beginning = committed;
    await chunk(1);
    await chunk(2);
    await read(first);
    await pass(first, 8000);
    expect(await emittedChunks()).toEqual([0, 1]);

    buffer.wipe();
    committed = beginning;
    const second = await own();
    // It has seen in `traces` that chunk 1 is emitted, and dies before it comes to it in `spans`.
    await second.worker.process((await log.read('spans', 0, second.next)).slice(0, 1));
    const third = await own();
    expect(third.next).toBe(1);
    await read(third);
    await pass(third, 8000);
    expect(await emittedChunks()).toEqual([0, 1]);
  });

  test('fences the one before: it can neither buffer nor emit', async () => {
    const zombie = await own();
    await chunk(1);
    await read(zombie);
    await own();
    await chunk(2);
    await expect(read(zombie)).rejects.toMatchObject({ name: 'FencedError', retryable: true });
  });

  test('goes on after a rebalance with what it holds, unless somebody else was at work in between', async () => {
    const owner = await own();
    await chunk(1);
    await read(owner);
    await owner.worker.resume();
    // The buffer may have gone back to before the other one's claim; what that one wrote has not.
    await log.append('traces', 0, [{ key: null, value: null }]);
    await expect(owner.worker.resume()).rejects.toMatchObject({ name: 'LogError', retryable: true });
    const again = await own();
    await again.worker.resume();
    await own();
    await expect(again.worker.resume()).rejects.toMatchObject({ name: 'FencedError', retryable: true });
  });

  test('trusts no offset that an operator has set: what lies below it may be unread', async () => {
    await chunk(1);
    await chunk(2);
    committed = { offset: 2, metadata: '' };
    const owner = await own();
    expect(owner.next).toBe(0);
    await read(owner);
    buffer.wipe();
    committed = { offset: 2, metadata: '' };
    expect((await own()).next).toBe(0);
  });

  test('refuses a log that ends before what was reached: the topic was recreated', async () => {
    committed = { offset: 50, metadata: JSON.stringify({ t: 0, s: 0 }) };
    await expect(own()).rejects.toThrow(/Start a new stream/);
  });

  test('accounts for what expired before it was read', async () => {
    for (let trace = 1; trace <= 3; trace++) {
      await chunk(trace);
      clock.moveBy(60_000);
    }
    await log.close();
    log = await folder.open({ clock, partitions: 1, retentionMs: 90_000 });
    await log.enforceRetention();
    const { low } = await log.bounds('spans', 0);
    expect(low).toBeGreaterThan(0);

    committed = { offset: 0, metadata: JSON.stringify({ t: 0, s: 0 }) };
    const owner = await own();
    expect(owner.next).toBe(low);
    expect(seen.expired).toEqual([0, low]);
    expect((await allOf('spans.dlq'))[0]?.headers).toMatchObject({ offset: '0', to: String(low) });
  });

  test('accounts for what expired before anybody committed, but not for what is in `traces`', async () => {
    await chunk(1);
    clock.moveBy(120_000);
    await chunk(2);
    await log.close();
    log = await folder.open({ clock, partitions: 1, retentionMs: 90_000 });
    await log.enforceRetention();
    const { low } = await log.bounds('spans', 0);
    const owner = await own();
    expect(seen.expired).toEqual([0, low]);

    await read(owner);
    await pass(owner, 8000);
    buffer.wipe();
    committed = null;
    await own();
    expect(seen.expired).toEqual([0, low]);
  });

  test('without a commit keeps what the buffer holds, also of what expired from the log', async () => {
    const first = await own();
    await chunk(1);
    await read(first);
    await chunk(2);
    clock.moveBy(120_000);
    await chunk(3);
    await log.close();
    log = await folder.open({ clock, partitions: 1, retentionMs: 90_000 });
    await log.enforceRetention();
    const { low } = await log.bounds('spans', 0);

    committed = null;
    const second = await own();
    expect(seen.expired).toEqual([1, low]);
    await read(second);
    await pass(second, 8000);
    expect(await emittedChunks()).toEqual([0, 2]);
  });

  test('without a commit reads everything again, and still emits nothing twice', async () => {
    const first = await own();
    await chunk(1);
    await read(first);
    await pass(first, 8000);
    buffer.wipe();
    committed = null;
    const second = await own();
    expect(second.next).toBe(0);
    await read(second);
    await pass(second, 40_000);
    expect(await emittedChunks()).toEqual([0]);
  });
});

async function chunksBelow(offset: number): Promise<number[]> {
  const below: number[] = [];
  for (let next = 0; next < offset;) {
    const records = await log.read('spans', 0, next);
    for (const record of records) if (record.value !== null && record.offset < offset) below.push(record.offset);
    const last = records.at(-1);
    if (last === undefined) return below;
    next = last.offset + 1;
  }
  return below;
}
