import { StoreError } from '@spanloom/store';
import { describe, expect, it } from 'vitest';
import { startLoop } from './loop.ts';

/** Sleeps until it is let go on, or the signal aborts. */
function manualClock(): {
  readonly slept: number[];
  goOn: () => void;
  now: () => number;
  sleep: Parameters<typeof startLoop>[0]['clock']['sleep'];
} {
  const waiting: (() => void)[] = [];
  const slept: number[] = [];
  return {
    slept,
    goOn: () => waiting.shift()?.(),
    now: () => 1_234_567,
    sleep: async (ms, signal) => {
      slept.push(ms);
      if (signal?.aborted === true) return;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        signal?.addEventListener('abort', () => resolve());
      });
    },
  };
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

describe('a loop', () => {
  it('works at once, then at whole intervals, and after the store did not answer', async () => {
    const clock = manualClock();
    const retries: string[] = [];
    let works = 0;
    const loop = startLoop({
      clock,
      intervalMs: 60_000,
      work: async () => {
        works += 1;
        if (works === 2) throw new StoreError('no connection', 'unavailable');
      },
      onRetry: (error) => void retries.push(error.message),
    });
    await turns();
    expect([works, clock.slept]).toEqual([1, [60_000 - (1_234_567 % 60_000)]]);
    for (const _ of [1, 2]) {
      clock.goOn();
      await turns();
    }
    expect([works, retries]).toEqual([3, ['no connection']]);
    await loop.stop();
    await loop.ended;
    expect(works).toBe(3);
  });

  it('says nothing of a store that was closed while it stopped', async () => {
    const clock = manualClock();
    const retries: string[] = [];
    const loop = startLoop({
      clock,
      intervalMs: 1000,
      work: async (stopping) => {
        await new Promise<void>((resolve) => stopping.addEventListener('abort', () => resolve()));
        throw new StoreError('closed', 'unavailable');
      },
      onRetry: (error) => void retries.push(error.message),
    });
    await loop.stop();
    expect(retries).toEqual([]);
  });

  it('ends where we are broken', async () => {
    const work = async (): Promise<void> => {
      throw new TypeError('ours');
    };
    const loop = startLoop({ clock: manualClock(), intervalMs: 1000, work, onRetry: () => undefined });
    await expect(loop.ended).rejects.toThrow('ours');
  });
});
