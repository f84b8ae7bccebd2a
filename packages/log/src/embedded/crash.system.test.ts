import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Log, LogRecord } from '../port.ts';
import { makeDataDir, type DataDir } from '../testing/embedded.ts';
import { valueOf, type WriterLine } from '../testing/writer-process.ts';
import { readLock } from './lock/lock.ts';
import { openEmbeddedLogReadOnly } from './read-only.ts';

/** Compiled: `tsc -b` comes first. */
const WRITER = fileURLToPath(new URL('../../dist/testing/writer-process.js', import.meta.url));

type Acknowledged = Extract<WriterLine, { offset: number }>;

interface Writer {
  readonly child: ChildProcess;
  readonly acknowledged: Acknowledged[];
  readonly refused: string[];
  until(condition: () => boolean): Promise<void>;
  kill(): Promise<void>;
}

let data: DataDir;
let writers: Writer[];

beforeEach(async () => {
  data = await makeDataDir();
  writers = [];
});
afterEach(async () => {
  await Promise.all(writers.map((writer) => writer.kill()));
  await data.discard();
});

/** @param fileKb a size that no file may exceed: to the log that is a full disk */
function startWriter(round: string, fileKb?: number): Writer {
  // POSIX counts the limit in blocks of 512 bytes, some shells in 1 kB.
  const limit = fileKb === undefined ? '' : `ulimit -f ${fileKb};`;
  const child = spawn('sh', ['-c', `${limit} exec "$@"`, 'sh', process.execPath, WRITER, data.dir, round], {
    // lmdb prints what made a transaction fail.
    stdio: ['ignore', 'pipe', fileKb === undefined ? 'inherit' : 'ignore'],
  });
  const ended = once(child, 'close');
  const acknowledged: Acknowledged[] = [];
  const refused: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (text) => {
    // The last line may be cut by the kill.
    if (!text.endsWith('}')) return;
    const line = JSON.parse(text) as WriterLine;
    if ('offset' in line) acknowledged.push(line);
    if ('refused' in line) refused.push(line.refused);
  });
  const writer: Writer = {
    child,
    acknowledged,
    refused,
    async until(condition) {
      while (!condition()) {
        if (child.exitCode !== null) throw new Error(`The writer ended: ${refused.join()}`);
        await Promise.race([once(lines, 'line'), ended]);
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
  writers.push(writer);
  return writer;
}

async function readAll(log: Pick<Log, 'read' | 'bounds'>, partition: number): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  const { low } = await log.bounds('spans', partition);
  for (;;) {
    const records = await log.read('spans', partition, low + all.length);
    if (records.length === 0) return all;
    all.push(...records);
  }
}

function expectAll(acknowledged: readonly Acknowledged[], partitions: readonly (readonly LogRecord[])[]): void {
  for (const records of partitions) expectContiguous(records);
  for (const { partition, offset, first, count } of acknowledged) {
    const found = partitions[partition]?.slice(offset, offset + count).map(({ value }) => value?.toString());
    expect(found).toEqual(Array.from({ length: count }, (_, index) => valueOf(first, index)));
  }
}

function expectContiguous(records: readonly LogRecord[]): void {
  expect(records.findIndex(({ offset }, index) => offset !== (records[0]?.offset ?? 0) + index)).toBe(-1);
}

it('has every acknowledged record after kill -9 at any moment, and no gap', async () => {
  const acknowledged: Acknowledged[] = [];
  for (const [round, acks] of [1, 17, 50, 120, 260, 90].entries()) {
    const writer = startWriter(String(round));
    await writer.until(() => writer.acknowledged.length >= acks);
    await writer.kill();
    acknowledged.push(...writer.acknowledged);

    const log = await data.open();
    expectAll(acknowledged, [await readAll(log, 0), await readAll(log, 1)]);
    await log.close();
  }
  expect(acknowledged.length).toBeGreaterThan(500);
});

it.skipIf(process.platform === 'win32')('says that the disk is full, and goes on when it is not', async () => {
  const full = startWriter('full', 4_000);
  // Some hundred appends fill it: without the limit this would not end.
  await full.until(() => full.refused.length > 0 || full.acknowledged.length > 5_000);
  expect(full.refused[0]).toMatch(/Cannot write to the log in .* Is the disk full\? Free some space/);
  await full.kill();
  const log = await data.open();
  expectAll(full.acknowledged, [await readAll(log, 0), await readAll(log, 1)]);
  await log.append('spans', 0, [{ key: null, value: Buffer.alloc(1_000_000) }]);
});

it('can be read by another process while it is written, and after', async () => {
  const writer = startWriter('beside');
  await writer.until(() => writer.acknowledged.length >= 5);
  expect(readLock(data.dir)).toMatchObject({ pid: writer.child.pid, command: 'writer beside' });
  await expect(data.open()).rejects.toThrow(`in use by process ${writer.child.pid}`);

  const reader = await openEmbeddedLogReadOnly(data.dir);
  expect(reader.stream.partitions).toBe(2);
  let before = 0;
  for (const acks of [10, 100, 300, 600]) {
    await writer.until(() => writer.acknowledged.length >= acks);
    const last = writer.acknowledged.findLast(({ partition }) => partition === 0);
    const records = await readAll(reader, 0);
    expectContiguous(records);
    expect(records.length).toBeGreaterThan(before);
    expect(records[last?.offset ?? -1]?.value?.toString()).toBe(valueOf(last?.first ?? '', 0));
    before = records.length;
  }
  await writer.kill();
  expectContiguous(await readAll(reader, 0));
  await reader.close();

  const later = await openEmbeddedLogReadOnly(data.dir);
  expect((await later.bounds('spans', 0)).high).toBeGreaterThanOrEqual(before);
  await later.close();
});

it('is taken over by exactly one of several that find a dead holder', async () => {
  const dead = startWriter('dead');
  await dead.until(() => dead.acknowledged.length > 0);
  await dead.kill();
  const rivals = ['a', 'b', 'c', 'd'].map((round) => startWriter(round));
  const decided = (writer: Writer): boolean => writer.acknowledged.length + writer.refused.length > 0;
  await Promise.all(rivals.map((writer) => writer.until(() => decided(writer))));
  const winners = rivals.filter(({ refused }) => refused.length === 0);
  expect(winners).toHaveLength(1);
  for (const { refused } of rivals.filter((writer) => !winners.includes(writer))) {
    expect(refused[0]).toContain(`in use by process ${winners[0]?.child.pid}`);
  }
});
