import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { type TraceBuffer, openMemoryBuffer } from '@spanloom/buffer';
import { DataDirInUseError, type EmbeddedLog, openEmbeddedLog } from '@spanloom/log';
import { storeConnection, storeDatabase, storeOptions, storeTables } from '@spanloom/ports';
import { normalBasePath } from '@spanloom/query';
import { type Config, type Logger, UserError } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';
import {
  type ConnectionOptions,
  type EmbeddedEngine,
  type Store,
  migrate,
  openStore,
  startEmbedded,
} from '@spanloom/store';

import { reachable } from './reachable.ts';

/** The log, the buffer and the store of one process tree. */
export interface Engines {
  readonly log: EmbeddedLog;
  readonly buffer: TraceBuffer;
  readonly store: Store;
  /** For example `ClickHouse 26.7 (embedded)`. */
  readonly storeName: string;
  readonly storeReadyMs: number;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How this process was started, for whoever finds the folder in use. */
  readonly command: string;
}

/** Where the log lies in the data folder. */
export const logDir = (dataDir: string): string => join(dataDir, 'log');
/** Where the embedded ClickHouse lies in the data folder. */
export const clickhouseDir = (dataDir: string): string => join(dataDir, 'clickhouse');

/** What the lock file publishes for `audit` and `doctor` while the pipeline runs. */
export interface Published {
  readonly clickhouse: ConnectionOptions;
  readonly traceRetentionMs: number;
  readonly queryUrl: string;
  readonly healthUrl: string;
}

/** Opens all three, the log first: its lock guards the folder. */
export async function openEngines(options: EngineOptions): Promise<Engines> {
  const { config, clock, logger } = options;
  const log = await openLog(options);
  let engine: EmbeddedEngine | null = null;
  try {
    const startedMs = clock.now();
    if (config.clickhouseUrl === '') {
      engine = await startEmbedded({
        dataDir: clickhouseDir(config.dataDir),
        clock,
        onRestart: ({ restarts, reason }) => {
          logger.warn({ restarts, reason }, 'the embedded ClickHouse died; started it again');
        },
      });
    }
    const connection =
      engine === null
        ? storeConnection(config)
        : { url: engine.url, username: 'default', password: engine.secret, database: storeDatabase(config) };
    await migrate(connection, storeTables(config));
    const store = openStore(engine === null ? storeOptions(config, clock) : connection);
    log.lock.publish({
      clickhouse: connection,
      traceRetentionMs: config.traceRetention,
      queryUrl: `http://${reachable(config.host)}:${config.queryPort}${normalBasePath(config.queryBasePath)}`,
      healthUrl: `http://${reachable(config.host)}:${config.healthPort}`,
    } satisfies Published);
    const running = engine;
    return {
      log,
      buffer: openMemoryBuffer({ maxBytes: config.bufferBytes }),
      store,
      storeName:
        running === null
          ? `ClickHouse at ${config.clickhouseUrl}`
          : `ClickHouse ${shortVersion(running.version)} (embedded)`,
      storeReadyMs: clock.now() - startedMs,
      async close() {
        await store.close();
        await running?.close();
        await log.close();
      },
    };
  } catch (error) {
    await engine?.close();
    await log.close();
    throw error;
  }
}

async function openLog({ config, clock, logger, command }: EngineOptions): Promise<EmbeddedLog> {
  const cut = { intervalMs: config.cutInterval, maxSpans: config.cutMaxSpans, maxBytes: config.cutMaxBytes };
  try {
    const log = await openEmbeddedLog({
      dir: logDir(config.dataDir),
      partitions: config.partitions,
      cut,
      clock,
      random: randomBytes,
      command,
      retentionMs: config.logRetention,
      retentionBytes: config.logRetentionBytes,
      onBackgroundError: (error) => {
        logger.error({ error: error.message }, 'the log could not be tidied; trying again');
      },
    });
    const { staggered: _, ...kept } = log.stream.cut;
    if (!isDeepStrictEqual(kept, cut)) {
      logger.warn(
        { asked: cut, cut: kept },
        'the data folder keeps the --cut-* settings that it was made with; choose another --data-dir for these',
      );
    }
    return log;
  } catch (error) {
    if (!(error instanceof DataDirInUseError)) throw error;
    const { pid, hostname, command: running, sinceMs } = error.holder;
    throw new UserError(
      `The data folder ${config.dataDir} is in use by pid ${pid} on ${hostname} since ${new Date(sinceMs).toISOString()} (${running}).`,
      { hint: 'Stop it, or choose another --data-dir.', cause: error },
    );
  }
}

function shortVersion(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
