import type { Clock } from '@spanloom/span';
import { describe, expect, it, vi } from 'vitest';

import { createLogger } from './logger.ts';
import { type Status, createStatusLine, statusText } from './status-line.ts';
import { createTerminal } from './terminal.ts';

const none: Status = { spans: 0, traces: 0, completeTraces: 0, openTraces: 0, behindMs: null, diskBytes: 0 };

describe('the text of the status', () => {
  it('says rates since the reading before, and the rest as it is', () => {
    const before = { ...none, spans: 1000, traces: 100, completeTraces: 99 };
    const now = { spans: 1084, traces: 104, completeTraces: 103, openTraces: 9, behindMs: 420, diskBytes: 3_000_000 };
    expect(statusText(before, now, 2000)).toBe(
      'spans 42/s  traces 2/s  open 9  complete 99 %  behind 0.4 s  disk 3 MB',
    );
  });

  it('has dashes for what is not known yet', () => {
    expect(statusText(none, none, 1000)).toBe('spans 0/s  traces 0/s  open 0  complete –  behind –  disk 0 B');
  });

  it('says 100 % only of all', () => {
    const text = (completeTraces: number) => statusText(none, { ...none, traces: 10_000, completeTraces }, 1000);
    expect(text(9999)).toContain('complete 99 %');
    expect(text(10_000)).toContain('complete 100 %');
  });

  it('has a digit below ten a second', () => {
    expect(statusText(none, { ...none, spans: 3 }, 2000)).toContain('spans 1.5/s');
  });

  it('fits a line of 80 columns at full load, far behind', () => {
    const now = {
      spans: 900_000,
      traces: 45_000,
      completeTraces: 45_000,
      openTraces: 900_000,
      behindMs: 99_900,
      diskBytes: 999e9,
    };
    const text = statusText(none, now, 1000);
    expect(text).toBe('spans 900k/s traces 45k/s open 900k complete 100 % behind 99.9 s disk 999 GB');
    expect(`  ${text}`.length).toBeLessThan(80);
    expect(statusText(none, { ...none, behindMs: 7_200_000 }, 1000)).toContain('behind 120 min');
  });
});

/** A line over a clock that is moved by hand, reading 10 spans more each time. */
function line(isTTY: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  let sleeping: { ms: number; wake: () => void } | null = null;
  const clock: Clock = {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        sleeping = { ms, wake };
        signal?.addEventListener('abort', () => wake());
      }),
  };
  const terminal = createTerminal({ isTTY, columns: 80, write: (text) => written.push(text) });
  const logger = createLogger({ level: 'info', format: 'auto', destination: terminal });
  let spans = 0;
  const status = createStatusLine({ terminal, logger, clock, read: () => ({ ...none, spans: (spans += 10) }) });
  return {
    written,
    status,
    async tick(): Promise<number> {
      await vi.waitFor(() => expect(sleeping).not.toBeNull());
      const { ms, wake } = sleeping ?? { ms: 0, wake: () => undefined };
      sleeping = null;
      nowMs += ms;
      wake();
      return ms;
    },
  };
}

describe('the status line', () => {
  it('lives on a terminal, each second, and goes at the end', async () => {
    const { written, status, tick } = line(true);
    await status.start();
    expect(await tick()).toBe(1000);
    await vi.waitFor(() => expect(written).toHaveLength(1));
    expect(written[0]?.startsWith('\r\u001B[2K  spans 10/s  ')).toBe(true);
    await status.stop();
    expect(written.at(-1)).toBe('\r\u001B[2K');
  });

  it('is a line of the log every 10 s elsewhere', async () => {
    const { written, status, tick } = line(false);
    await status.start();
    expect(await tick()).toBe(10_000);
    await vi.waitFor(() => expect(written).toHaveLength(1));
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ level: 'info', msg: expect.stringMatching(/^spans 1\/s/) });
    await status.stop();
  });
});
