/** What the tests of this package share: an engine in a temporary folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@spanloom/span';
import { startEmbedded } from '../embedded/start.ts';
import type { EmbeddedEngine, EmbeddedOptions } from '../embedded/start.ts';

/** The machine's clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  },
};

export interface TemporaryEngine {
  readonly engine: EmbeddedEngine;
  readonly dataDir: string;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

export async function temporaryEngine(options: Partial<EmbeddedOptions> = {}): Promise<TemporaryEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'spanloom store '));
  const engine = await startEmbedded({ dataDir, clock: realClock, ...options });
  return {
    engine,
    dataDir,
    async remove() {
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Resolves when `holds` gives true; rejects after 20 s. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const giveUpAt = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error('what was waited for did not come true');
    await sleep(20);
  }
}
