import type { Clock } from '@spanloom/span';
import type { Logger } from 'pino';

import type { Terminal } from './terminal.ts';
import { byteText } from './units.ts';

/** Figures of the moment. Totals count from the start of the process. */
export interface Status {
  readonly spans: number;
  readonly traces: number;
  readonly completeTraces: number;
  readonly openTraces: number;
  /** How far the stored figures lag behind now; null before the first. */
  readonly behindMs: number | null;
  readonly diskBytes: number;
}

/** 80 columns less the indent, and the last, which a terminal keeps free. */
const roomColumns = 77;

/** `spans 42/s  traces 2/s  open 9  complete 99 %  behind 0.4 s  disk 3 MB`, at most 77 columns. */
export function statusText(before: Status, now: Status, elapsedMs: number): string {
  const perSecond = (count: number): number => (count * 1000) / Math.max(1, elapsedMs);
  // Rounded down, so that 100 % means every one.
  const complete = now.traces === 0 ? '–' : `${Math.floor((100 * now.completeTraces) / now.traces)} %`;
  const parts = [
    `spans ${countText(perSecond(now.spans - before.spans))}/s`,
    `traces ${countText(perSecond(now.traces - before.traces))}/s`,
    `open ${countText(now.openTraces)}`,
    `complete ${complete}`,
    `behind ${now.behindMs === null ? '–' : behindText(Math.max(0, now.behindMs))}`,
    `disk ${byteText(now.diskBytes)}`,
  ];
  const text = parts.join('  ');
  return text.length <= roomColumns ? text : parts.join(' ');
}

function countText(count: number): string {
  if (count >= 10_000) return `${Math.round(count / 1000)}k`;
  return count < 9.95 && count % 1 !== 0 ? count.toFixed(1) : Math.round(count).toLocaleString('en');
}

function behindText(ms: number): string {
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

export interface StatusLineOptions {
  readonly terminal: Terminal;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly read: () => Status | Promise<Status>;
}

/** Keeps the status in sight: every second on a terminal, a log line every 10 s elsewhere. */
export interface StatusLine {
  readonly name: 'status line';
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createStatusLine({ terminal, logger, clock, read }: StatusLineOptions): StatusLine {
  const stopping = new AbortController();
  let running = Promise.resolve();

  async function run(): Promise<void> {
    let before = await read();
    let readAtMs = clock.now();
    while (!stopping.signal.aborted) {
      await clock.sleep(terminal.isTTY ? 1000 : 10_000, stopping.signal);
      if (stopping.signal.aborted) break;
      const now = await read();
      const text = statusText(before, now, clock.now() - readAtMs);
      if (terminal.isTTY) terminal.live(`  ${text}`);
      else logger.info(text);
      [before, readAtMs] = [now, clock.now()];
    }
    terminal.live('');
  }

  return {
    name: 'status line',
    async start() {
      running = run().catch((error: unknown) => logger.warn({ err: error }, 'the status line ended'));
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
