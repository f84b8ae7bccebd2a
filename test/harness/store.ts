import { join } from 'node:path';

import { readLock } from '@spanloom/log';
import { type Store, openStore } from '@spanloom/store';

/** The ClickHouse of a running pipeline, found as `audit` finds it. */
export function storeOf(dataDir: string): Store {
  const published = readLock(join(dataDir, 'log'))?.published as
    | { clickhouse?: { url: string; username: string; password: string; database: string } }
    | undefined;
  if (published?.clickhouse === undefined) throw new Error('the pipeline published no ClickHouse');
  return openStore(published.clickhouse);
}
