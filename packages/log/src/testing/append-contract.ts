import { describe, expect, it } from 'vitest';
import { LogError, OutOfRangeError } from '../errors.ts';
import type { Log, LogRecord, NewRecord } from '../port.ts';

const text = (value: string): NewRecord => ({ key: null, value: Buffer.from(value) });
const texts = (records: readonly LogRecord[]): (string | undefined)[] => records.map(({ value }) => value?.toString());
const offsets = (records: readonly LogRecord[]): number[] => records.map(({ offset }) => offset);

async function readAll(log: Log, from: number, maxBytes: number): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for (;;) {
    const records = await log.read('spans', 0, from + all.length, maxBytes);
    if (records.length === 0) return all;
    all.push(...records);
  }
}

export function appendContract(log: () => Log): void {
  describe('append and read', () => {
    it('has a stream id that can stand in keys and tokens', () => {
      expect(log().stream.id).toMatch(/^[^/:]{1,32}$/);
      expect(log().stream.partitions).toBe(2);
    });

    it('is empty at first', async () => {
      const { low, high } = await log().bounds('spans', 0);
      expect(low).toBe(high);
      expect(await log().read('spans', 0, high)).toEqual([]);
    });

    it('gives the records of an append neighbouring offsets and one append time', async () => {
      const first = await log().append('spans', 0, [text('a'), text('b')]);
      const second = await log().append('spans', 0, [text('c')]);
      expect(second.offset).toBe(first.offset + 2);
      expect(second.appendTimeMs).toBeGreaterThanOrEqual(first.appendTimeMs);
      const records = await log().read('spans', 0, first.offset);
      expect(texts(records)).toEqual(['a', 'b', 'c']);
      expect(offsets(records)).toEqual([first.offset, first.offset + 1, first.offset + 2]);
      expect(records.map(({ appendTimeMs }) => appendTimeMs)).toEqual([
        first.appendTimeMs,
        first.appendTimeMs,
        second.appendTimeMs,
      ]);
      expect(await log().bounds('spans', 0)).toEqual({ low: first.offset, high: first.offset + 3 });
    });

    it('keeps keys, values and headers, and tells null from empty', async () => {
      const written: NewRecord[] = [
        {
          key: Buffer.from([0, 255, 10, 10]),
          value: Buffer.from([0]),
          headers: { spans: '12', späne: 'ä' },
        },
        { key: null, value: null },
        { key: Buffer.alloc(0), value: Buffer.alloc(0), headers: { empty: '' } },
        { key: Buffer.from('heartbeat'), value: null },
      ];
      const { offset } = await log().append('traces', 1, written);
      const read = await log().read('traces', 1, offset);
      expect(read.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual(
        written.map(({ key, value, headers = {} }) => ({ key, value, headers })),
      );
    });

    it('keeps the partitions and topics apart', async () => {
      await log().append('spans', 0, [text('s0')]);
      await log().append('spans', 1, [text('s1')]);
      await log().append('traces', 0, [text('t0')]);
      await log().append('spans.dlq', 0, [text('d0')]);
      const firstOf = async (...place: ['spans' | 'traces' | 'spans.dlq', number]): Promise<unknown> =>
        texts(await log().read(...place, (await log().bounds(...place)).low));
      expect(await firstOf('spans', 0)).toEqual(['s0']);
      expect(await firstOf('spans', 1)).toEqual(['s1']);
      expect(await firstOf('traces', 0)).toEqual(['t0']);
      expect(await firstOf('spans.dlq', 0)).toEqual(['d0']);
      expect((await log().bounds('traces', 1)).high).toBe((await log().bounds('traces', 1)).low);
    });

    it('does not mix concurrent appends', async () => {
      const appends = await Promise.all(
        Array.from({ length: 40 }, async (_, n) => ({
          n,
          ...(await log().append(
            'spans',
            0,
            Array.from({ length: 5 }, (__, k) => text(`${n}.${k}`)),
          )),
        })),
      );
      const { low, high } = await log().bounds('spans', 0);
      expect(high - low).toBe(200);
      const records = await readAll(log(), low, 4096);
      expect(offsets(records)).toEqual(Array.from({ length: 200 }, (_, k) => low + k));
      for (const { n, offset } of appends) {
        expect(texts(records.slice(offset - low, offset - low + 5))).toEqual([0, 1, 2, 3, 4].map((k) => `${n}.${k}`));
      }
    });

    it('reads on from any offset with any budget, at least one record a read', async () => {
      const values = Array.from({ length: 300 }, (_, k) => `${k}:`.padEnd(1 + ((k * 37) % 4000), 'x'));
      const { offset } = await log().append('spans', 0, values.map(text));
      expect(texts(await readAll(log(), offset, 1))).toEqual(values);
      expect(texts(await readAll(log(), offset + 7, 10_000))).toEqual(values.slice(7));
      expect((await log().read('spans', 0, offset, 1)).length).toBeGreaterThan(0);
    });

    it('holds records of nearly 4 MB', async () => {
      const value = Buffer.alloc(3_900_000, 'large');
      const { offset } = await log().append('spans', 0, [text('before'), { key: null, value }, text('after')]);
      const records = await readAll(log(), offset, 1_000_000);
      expect(records.map((record) => record.value?.length)).toEqual([6, value.length, 5]);
      expect(records[1]?.value?.equals(value)).toBe(true);
    });

    it('refuses a larger record for good, and keeps nothing of its append', async () => {
      const before = await log().bounds('spans', 0);
      const refused = log().append('spans', 0, [text('small'), { key: null, value: Buffer.alloc(4_400_000) }]);
      await expect(refused).rejects.toMatchObject({ retryable: false });
      await expect(refused).rejects.toBeInstanceOf(LogError);
      expect(await log().bounds('spans', 0)).toEqual(before);
    });

    it('refuses to read outside the bounds', async () => {
      const { offset } = await log().append('spans', 0, [text('only')]);
      await expect(log().read('spans', 0, offset - 1)).rejects.toBeInstanceOf(OutOfRangeError);
      await expect(log().read('spans', 0, offset + 2)).rejects.toBeInstanceOf(OutOfRangeError);
      expect(await log().read('spans', 0, offset + 1)).toEqual([]);
    });

    it('refuses a partition that is not there', async () => {
      await expect(log().append('spans', 2, [text('x')])).rejects.toBeInstanceOf(LogError);
      await expect(log().read('spans.dlq', 1, 0)).rejects.toBeInstanceOf(LogError);
    });

    it('finds the first offset at or after a time', async () => {
      const first = await log().append('spans', 0, [text('a'), text('b')]);
      let last = await log().append('spans', 0, [text('c')]);
      while (last.appendTimeMs === first.appendTimeMs) last = await log().append('spans', 0, [text('c')]);
      expect(await log().offsetAtTime('spans', 0, 0)).toBe(first.offset);
      expect(await log().offsetAtTime('spans', 0, first.appendTimeMs)).toBe(first.offset);
      expect(await log().offsetAtTime('spans', 0, first.appendTimeMs + 1)).toBe(last.offset);
      expect(await log().offsetAtTime('spans', 0, last.appendTimeMs)).toBe(last.offset);
      expect(await log().offsetAtTime('spans', 0, last.appendTimeMs + 60_000)).toBe(last.offset + 1);
    });
  });
}
