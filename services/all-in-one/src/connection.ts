import { holderRuns, readLock } from '@spanloom/log';
import { type Config, UserError, systemClock } from '@spanloom/runtime';
import { type EmbeddedEngine, startEmbedded } from '@spanloom/store';

import { type Published, clickhouseDir, logDir } from './engines.ts';

/** The ClickHouse of a pipeline, for commands beside it. */
export interface Connection {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** How long ClickHouse keeps traces. */
  readonly traceRetentionMs: number;
  /** The engine that was started for the command, if none was running. */
  readonly engine: EmbeddedEngine | null;
}

/** To the ClickHouse of the running pipeline; of a stopped one it is started for as long as we look. */
export async function connect(config: Config): Promise<Connection> {
  const holder = readLock(logDir(config.dataDir));
  if (holder !== null && holderRuns(logDir(config.dataDir), holder, systemClock.now())) {
    const published = holder.published as Partial<Published>;
    if (published.clickhouse === undefined || published.traceRetentionMs === undefined) {
      throw new UserError('The pipeline is still starting.', { hint: 'Try again in a moment.' });
    }
    return { ...published.clickhouse, traceRetentionMs: published.traceRetentionMs, engine: null };
  }
  if (config.clickhouseUrl !== '') {
    return {
      url: config.clickhouseUrl,
      username: config.clickhouseUser,
      password: config.clickhousePassword,
      database: config.clickhouseDatabase,
      traceRetentionMs: config.traceRetention,
      engine: null,
    };
  }
  const engine = await startEmbedded({ dataDir: clickhouseDir(config.dataDir), clock: systemClock });
  return {
    url: engine.url,
    username: 'default',
    password: engine.secret,
    database: config.clickhouseDatabase,
    traceRetentionMs: config.traceRetention,
    engine,
  };
}
