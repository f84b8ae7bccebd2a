import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startEmbedded } from '@spanloom/store';

/** Runs a statement; answers what ClickHouse answers. */
export type Execute = (statement: string) => Promise<string>;

/** Opens the ClickHouse in a stopped pipeline's data folder for as long as `use` takes. */
export async function withEngine<T>(dataDir: string, use: (execute: Execute) => Promise<T>): Promise<T> {
  const clock = { now: () => Date.now(), sleep: async (ms: number) => sleep(ms) };
  const engine = await startEmbedded({ dataDir: join(dataDir, 'clickhouse'), clock });
  try {
    return await use(async (statement) => {
      const answer = await fetch(engine.url, {
        method: 'POST',
        headers: { 'x-clickhouse-user': 'default', 'x-clickhouse-key': engine.secret },
        body: statement,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      return text;
    });
  } finally {
    await engine.close();
  }
}
