import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Topic } from '../../port.ts';
import { manualClock } from '../../testing/clock.ts';
import { makeDataDir, type DataDir } from '../../testing/embedded.ts';
import { expired, type Held } from './retention.ts';

describe('what expires', () => {
  const topic = fc.constantFrom<Topic[]>('spans', 'traces', 'spans.dlq');
  const partition = fc.tuple(topic, fc.array(fc.integer({ min: 44, max: 50 }), { maxLength: 20 }));
  const lowest = fc.array(partition, { maxLength: 6 }).map((partitions) =>
    partitions.map(([name, times], index) =>
      times
        .toSorted((a, b) => a - b)
        .map((appendTimeMs, base): Held => ({
          where: { topic: name, partition: index },
          block: { base, appendTimeMs, count: 1, bytes: 10 },
        })),
    ),
  );
  const limits = fc.record({
    retentionMs: fc.integer({ min: 0, max: 8 }),
    retentionBytes: fc.integer({ min: 0, max: 150 }),
  });

  it('is what is too old or too much, from the low end, and no trace before its spans', () => {
    fc.assert(
      fc.property(lowest, limits, (partitions, limit) => {
        const all = partitions.flat();
        const totalBytes = all.length * 10;
        const going = expired(partitions, { nowMs: 50, limits: limit, totalBytes });
        const staying = all.filter((held) => !going.includes(held));
        for (const { block } of staying) expect(50 - block.appendTimeMs).toBeLessThanOrEqual(limit.retentionMs);
        expect(staying.length * 10).toBeLessThanOrEqual(Math.max(limit.retentionBytes, 0));
        const last = going.at(-1);
        if (last !== undefined) {
          const needed =
            50 - last.block.appendTimeMs > limit.retentionMs || staying.length * 10 + 10 > limit.retentionBytes;
          expect(needed).toBe(true);
        }
        for (const held of going) {
          for (const other of staying) {
            const sameBelow = other.where === held.where && other.block.base < held.block.base;
            expect(sameBelow).toBe(false);
            if (held.where.topic === 'traces' && other.where.topic === 'spans') {
              expect(other.block.appendTimeMs).toBeGreaterThan(held.block.appendTimeMs);
            }
          }
        }
      }),
    );
  });
});

describe('the embedded log', () => {
  let data: DataDir;
  beforeEach(async () => {
    data = await makeDataDir();
  });
  afterEach(() => data.discard());

  it('lets go of what is too old, and keeps counting from where it was', async () => {
    const clock = manualClock();
    const log = await data.open({ clock, retentionMs: 10_000 });
    await log.append('spans', 0, [{ key: null, value: Buffer.from('old') }]);
    await log.append('traces', 0, [{ key: null, value: Buffer.from('old') }]);
    clock.moveBy(9_000);
    await log.append('spans', 0, [{ key: null, value: Buffer.from('new') }]);
    clock.moveBy(1_001);
    await log.enforceRetention();
    expect(await log.bounds('spans', 0)).toEqual({ low: 1, high: 2 });
    expect(await log.bounds('traces', 0)).toEqual({ low: 1, high: 1 });
    await expect(log.read('spans', 0, 0)).rejects.toThrow('spans/0 has offsets 1 to 2; 0 is outside.');
    expect(await log.offsetAtTime('spans', 0, 0)).toBe(1);
    await log.close();

    const reopened = await data.open({ clock });
    expect(await reopened.bounds('traces', 0)).toEqual({ low: 1, high: 1 });
    expect((await reopened.append('traces', 0, [{ key: null, value: null }])).offset).toBe(1);
  });

  it('stays within its bytes, on disk too, over many rounds of steps', async () => {
    const clock = manualClock();
    const log = await data.open({ clock, retentionBytes: 4_000_000 });
    const value = Buffer.alloc(1_400, 7);
    for (let round = 0; round < 40; round++) {
      clock.moveBy(1);
      await log.append(
        'spans',
        round % 2,
        Array.from({ length: 700 }, () => ({ key: null, value })),
      );
      await log.enforceRetention();
    }
    const first = await log.bounds('spans', 0);
    const second = await log.bounds('spans', 1);
    const kept = (first.high - first.low + second.high - second.low) * value.length;
    expect(kept).toBeGreaterThan(3_000_000);
    expect(kept).toBeLessThanOrEqual(4_000_000);
    // 39 MB went through it.
    expect(await log.bytes()).toBeLessThan(12_000_000);
    expect((await log.read('spans', 0, first.low))[0]?.offset).toBe(first.low);
  });

  it('happens by itself', async () => {
    const clock = manualClock();
    const log = await data.open({ clock, retentionMs: 10_000 });
    await log.append('spans', 0, [{ key: null, value: null }]);
    clock.moveBy(30_000);
    await vi.waitFor(async () => expect((await log.bounds('spans', 0)).low).toBe(1));
  });

  it('does not keep appends waiting', async () => {
    const clock = manualClock();
    const log = await data.open({ clock, retentionMs: 10_000 });
    for (let n = 0; n < 1_000; n++) void log.append('spans', 0, [{ key: null, value: Buffer.alloc(3_000) }]);
    await log.append('spans', 0, [{ key: null, value: null }]);
    for (let n = 0; n < 600; n++) await log.append('spans', 1, [{ key: null, value: null }]);
    clock.moveBy(20_000);
    let done = false;
    const enforcing = log.enforceRetention().then(() => (done = true));
    await log.append('traces', 0, [{ key: null, value: null }]);
    expect(done).toBe(false);
    await enforcing;
    expect(await log.bounds('spans', 1)).toEqual({ low: 600, high: 600 });
  });
});
