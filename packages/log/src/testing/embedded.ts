import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLog, type EmbeddedLog } from '../embedded/log.ts';
import type { EmbeddedLogOptions } from '../embedded/options.ts';
import { machineClock } from './clock.ts';

/** A log of two partitions that keeps everything. */
export function embeddedLogOptions(dir: string): EmbeddedLogOptions {
  return {
    dir,
    partitions: 2,
    cut: { intervalMs: 1000, maxSpans: 50_000, maxBytes: 33_554_432 },
    clock: machineClock,
    random: randomBytes,
    command: 'spanloom test',
    retentionMs: Number.POSITIVE_INFINITY,
    retentionBytes: Number.POSITIVE_INFINITY,
    onBackgroundError(error) {
      throw error;
    },
  };
}

/** A data folder for one test, with embedded logs in it. */
export interface DataDir {
  readonly dir: string;
  open(options?: Partial<EmbeddedLogOptions>): Promise<EmbeddedLog>;
  /** Closes what is open and removes the folder. */
  discard(): Promise<void>;
}

export async function makeDataDir(): Promise<DataDir> {
  const root = await mkdtemp(join(tmpdir(), 'spanloom log '));
  const dir = join(root, 'data');
  const opened: EmbeddedLog[] = [];
  return {
    dir,
    async open(options = {}) {
      const log = await openEmbeddedLog({ ...embeddedLogOptions(dir), ...options });
      opened.push(log);
      return log;
    },
    async discard() {
      await Promise.all(opened.map((log) => log.close()));
      await rm(root, { recursive: true });
    },
  };
}
