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

/** `spans 42/s  traces 2/s  open 9  complete 99 %  behind 0.4 s  disk 3 MB`. */
export function statusText(before: Status, now: Status, elapsedMs: number): string {
  const rate = (count: number): string => {
    const perSecond = (count * 1000) / Math.max(1, elapsedMs);
    return `${perSecond > 0 && perSecond < 9.95 && perSecond % 1 !== 0 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en')}/s`;
  };
  // Rounded down, so that 100 % means every one.
  const complete = now.traces === 0 ? '–' : `${Math.floor((100 * now.completeTraces) / now.traces)} %`;
  const behind = now.behindMs === null ? '–' : `${(Math.max(0, now.behindMs) / 1000).toFixed(1)} s`;
  return [
    `spans ${rate(now.spans - before.spans)}`,
    `traces ${rate(now.traces - before.traces)}`,
    `open ${now.openTraces.toLocaleString('en')}`,
    `complete ${complete}`,
    `behind ${behind}`,
    `disk ${byteText(now.diskBytes)}`,
  ].join('  ');
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
