import { existsSync } from 'node:fs';

import { holderRuns, readLock } from '@spanloom/log';
import { storeDatabase, storeOptions } from '@spanloom/ports';
import { type Config, UserError, systemClock } from '@spanloom/runtime';
import { type EmbeddedEngine, type StoreOptions, startEmbedded } from '@spanloom/store';

import { type Published, clickhouseDir, logDir } from './engines.ts';

/** The ClickHouse of a pipeline, for commands beside it. */
export interface Connection extends StoreOptions {
  /** How long ClickHouse keeps traces. */
  readonly traceRetentionMs: number;
  /** The engine that was started for the command, if none was running. */
  readonly engine: EmbeddedEngine | null;
}

/**
 * To the ClickHouse of the pipeline that runs on the data folder, or the server that the settings
 * name; the embedded one of a stopped pipeline is started for as long as we look.
 */
export async function connect(config: Config): Promise<Connection> {
  const { traceRetention: traceRetentionMs } = config;
  const dir = logDir(config.dataDir);
  const holder = config.kafkaBrokers === '' && existsSync(dir) ? readLock(dir) : null;
  if (holder !== null && holderRuns(dir, holder, systemClock.now())) {
    const published = holder.published as Partial<Published>;
    if (published.clickhouse === undefined || published.traceRetentionMs === undefined) {
      throw new UserError('The pipeline is still starting.', { hint: 'Try again in a moment.' });
    }
    return { ...published.clickhouse, traceRetentionMs: published.traceRetentionMs, engine: null };
  }
  if (config.clickhouseUrl !== '') return { ...storeOptions(config, systemClock), traceRetentionMs, engine: null };
  const engine = await startEmbedded({ dataDir: clickhouseDir(config.dataDir), clock: systemClock });
  return {
    url: engine.url,
    username: 'default',
    password: engine.secret,
    database: storeDatabase(config),
    traceRetentionMs,
    engine,
  };
}
