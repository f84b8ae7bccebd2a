import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogError } from '../errors.ts';
import type { LogRecord, NewRecord } from '../port.ts';
import { manualClock } from '../testing/clock.ts';
import { makeDataDir, type DataDir } from '../testing/embedded.ts';
import { recordedWorkers } from '../testing/worker.ts';
import { openForWriting } from './database.ts';
import { STREAM_KEY } from './format/keys.ts';
import { openEmbeddedLogReadOnly } from './read-only.ts';

const tick: NewRecord = { key: null, value: null };
let data: DataDir;

beforeEach(async () => {
  data = await makeDataDir();
});
afterEach(() => data.discard());

describe('after a restart', () => {
  it('has the same stream, records and commits', async () => {
    const before = await data.open();
    await before.append('spans', 1, [{ key: Buffer.from('k'), value: Buffer.from('v'), headers: { a: 'b' } }]);
    const records = await before.read('spans', 1, 0);
    const workers = recordedWorkers();
    await before.join({ group: 'sink', topic: 'spans', worker: workers.worker, idleMs: 1000 });
    await workers.leases[1]?.commit(1, 'm');
    await before.close();

    const after = await data.open();
    expect(after.stream).toEqual(before.stream);
    expect(await after.read('spans', 1, 0)).toEqual(records);
    expect(await after.committed('sink', 'spans', 1)).toEqual({ offset: 1, metadata: 'm' });
    expect((await after.append('spans', 1, [tick])).offset).toBe(1);
  });

  it('never goes back in append time, whatever the clock does', async () => {
    const clock = manualClock();
    const before = await data.open({ clock });
    const first = await before.append('spans', 0, [tick]);
    clock.moveBy(-5000);
    expect((await before.append('spans', 0, [tick])).appendTimeMs).toBe(first.appendTimeMs);
    await before.close();

    clock.moveBy(-3_600_000);
    const after = await data.open({ clock });
    expect((await after.append('spans', 0, [tick])).appendTimeMs).toBe(first.appendTimeMs);
    expect((await after.append('traces', 0, [tick])).appendTimeMs).toBe(clock.now());
  });

  it('is cut as it was when it was made, whatever is asked for later', async () => {
    const cut = { intervalMs: 500, maxSpans: 100, maxBytes: 1000 };
    const before = await data.open({ cut });
    expect(before.stream.cut).toEqual({ ...cut, staggered: true });
    await before.close();
    const after = await data.open({ cut: { ...cut, intervalMs: 2000 } });
    expect(after.stream.cut).toEqual({ ...cut, staggered: true });
  });

  it('is cut as its first owner is told that knows of it, where it was made before', async () => {
    await (await data.open()).close();
    const db = openForWriting(data.dir);
    const { cut: _, ...older } = JSON.parse(String(db.getBinary(STREAM_KEY))) as Record<string, unknown>;
    db.putSync(STREAM_KEY, Buffer.from(JSON.stringify({ ...older, format: 1 })));
    await db.close();

    const cut = { intervalMs: 500, maxSpans: 100, maxBytes: 1000 };
    await (await data.open({ cut })).close();
    const after = await data.open({ cut: { ...cut, intervalMs: 2000 } });
    expect(after.stream).toEqual({ id: older['id'], partitions: 2, cut });
  });

  it('refuses another number of partitions, and says what to do', async () => {
    await (await data.open({ partitions: 2 })).close();
    await expect(data.open({ partitions: 4 })).rejects.toThrow(
      /made with 2 partitions .* asked for with 4.* ask for 2, or choose another --data-dir/,
    );
    // The refusal left no lock behind.
    expect((await data.open({ partitions: 2 })).stream.partitions).toBe(2);
  });
});

it('writes concurrent appends in one transaction', async () => {
  let reads = 0;
  const clock = { ...manualClock(), now: () => ++reads };
  const log = await data.open({ clock });
  const appended = await Promise.all(Array.from({ length: 50 }, () => log.append('spans', 0, [tick])));
  expect(new Set(appended.map(({ appendTimeMs }) => appendTimeMs)).size).toBe(1);
});

it('does not show a record before its append is acknowledged', async () => {
  const log = await data.open();
  let acknowledged = false;
  const appending = log.append('spans', 0, [tick]).then(() => (acknowledged = true));
  while (!acknowledged) {
    const { high } = await log.bounds('spans', 0);
    const seen = (await log.read('spans', 0, 0)).length;
    if (!acknowledged) expect([high, seen]).toEqual([0, 0]);
    await new Promise(setImmediate);
  }
  await appending;
  expect(await log.read('spans', 0, 0)).toHaveLength(1);
});

it('says clearly that a folder cannot be written', async () => {
  const file = join(data.dir, '..', 'a file');
  await writeFile(file, '');
  const opening = data.open({ dir: join(file, 'data') });
  await expect(opening).rejects.toBeInstanceOf(LogError);
  await expect(opening).rejects.toThrow(/Cannot open the log in .* for writing: .*choose another --data-dir/);
});

it('does not make a log where somebody wants to read one', async () => {
  await expect(openEmbeddedLogReadOnly(data.dir)).rejects.toThrow(`There is no log to read in ${data.dir}`);
  expect(existsSync(data.dir)).toBe(false);
});

it('refuses a second member of a group for a topic', async () => {
  const log = await data.open();
  const join = {
    group: 'assembler',
    topic: 'spans',
    idleMs: 1000,
    worker: recordedWorkers().worker,
  } as const;
  const member = await log.join(join);
  await expect(log.join(join)).rejects.toThrow(/assembler .* owns spans in this process already/);
  await log.join({ ...join, topic: 'traces' });
  await log.join({ ...join, group: 'sink' });
  await member.leave();
  await log.join(join);
});

it('reads through from what is only on disk to what is still in memory', async () => {
  const log = await data.open();
  const values = Array.from({ length: 40 }, (_, n) => Buffer.alloc(300_000, `${n} `));
  for (const value of values) await log.append('spans', 0, [tick, { key: null, value }]);
  const read: LogRecord[] = [];
  while (read.length < 80) read.push(...(await log.read('spans', 0, read.length, 700_000)));
  expect(read.map(({ offset }) => offset)).toEqual(Array.from({ length: 80 }, (_, k) => k));
  expect(
    read.every(({ value }, k) => (k % 2 === 0 ? value === null : values[(k - 1) / 2]?.equals(value ?? Buffer.of()))),
  ).toBe(true);
});

it('takes bytes on disk, more the more it holds', async () => {
  const log = await data.open();
  const before = await log.bytes();
  await log.append('spans', 0, [{ key: null, value: Buffer.alloc(3_000_000, 1) }]);
  expect((await log.bytes()) - before).toBeGreaterThan(2_900_000);
});
