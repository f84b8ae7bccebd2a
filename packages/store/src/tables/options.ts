import { StoreError } from '../errors.ts';

/** What the tables of an installation have in common. */
export interface TableOptions {
  /** Days after the day of their append for which spans, fragments and resources live. Default 7, at most 36,500. */
  readonly traceTtlDays: number;
  /** The same for the figures by minute, of edges and of operations. Default 90. */
  readonly figureTtlDays: number;
  /** Days for which the figures by hour live. Default 400. */
  readonly hourTtlDays: number;
  /** Days for which the figures by day live. Default 1,830: five years. */
  readonly dayTtlDays: number;
  /**
   * How many blocks of a table remember their token; see {@link deduplicationWindowOf}. An insert whose
   * outcome is unknown is repeated for 60 s at most.
   */
  readonly deduplicationWindow: number;
  /** The same in seconds, for Replicated engines: they forget by whichever comes first. Default 3,600. */
  readonly deduplicationWindowSeconds: number;
  /** The tables have Replicated engines. */
  readonly replicated: boolean;
  /** The engine clause for a table of this family, `version` being the column that decides which row stays. */
  engine(table: string, family: 'ReplacingMergeTree' | 'AggregatingMergeTree', version?: string): string;
}

/**
 * Tables of a single node: the embedded engine, or a server without replication. Also those of a
 * managed service that replicates by itself: it puts its own engines in their place.
 */
export const singleNode: TableOptions = {
  traceTtlDays: 7,
  figureTtlDays: 90,
  hourTtlDays: 400,
  dayTtlDays: 1830,
  deduplicationWindow: 10_000,
  deduplicationWindowSeconds: 3_600,
  replicated: false,
  engine: (_table, family, version) => `${family}(${version ?? ''})`,
};

/**
 * Where replicas of a table meet when it is made ON CLUSTER or at each of them. Not `{uuid}`: a statement
 * that is run again, for a server that came later or had failed, would give its table another uuid
 * than the others have, and nobody would notice that it is no replica of theirs.
 */
export const namedReplicaPath = '/clickhouse/tables/{shard}/{database}/{table}';

/**
 * Tables with Replicated engines. `path` is where replicas meet in Keeper, such as
 * {@link namedReplicaPath}; null leaves it to the server, which is what a Replicated database demands.
 * Throws a `StoreError` for a path that several tables would share.
 */
export function replicatedTables(path: string | null = null): Pick<TableOptions, 'replicated' | 'engine'> {
  if (path !== null && !/^\/[\w/{}.-]*\{(table|uuid)\}[\w/{}.-]*$/.test(path)) {
    throw new StoreError(`not a path for every table: "${path}" (begins with /, has {table} or {uuid})`, 'broken');
  }
  const place = path === null ? [] : [`'${path}'`, "'{replica}'"];
  return {
    replicated: true,
    engine: (_table, family, version) =>
      `Replicated${family}(${[...place, ...(version === undefined ? [] : [version])].join(', ')})`,
  };
}

/** Inserts are repeated for 60 s; a window holds the blocks of four times that. */
const windowSeconds = 240;

/** Five tables and positions beside it: a server would delay inserts by itself long before. */
const blocksASecondOfTable = 200;

/**
 * Blocks of a table on a server that must remember their token, however many partitions of `traces`
 * catch up. Replicated engines take one insert at a time, tens a second: for them what ClickHouse
 * has by default is enough, and each block is a node in Keeper.
 */
export function deduplicationWindowOf(replicated: boolean): number {
  return replicated ? singleNode.deduplicationWindow : windowSeconds * blocksASecondOfTable;
}

/**
 * The columns that begin every table that the sink writes. `marker` is empty in rows of data. Each
 * block also carries one row whose marker is `stream/partition`: its `marker_b` proves that the
 * batch is here up to that offset of `traces`. Being in the same part, it cannot be there without
 * the data, nor the data without it.
 */
export const markerColumns = `marker LowCardinality(String) CODEC(ZSTD(1)),
  day Date CODEC(ZSTD(1))`;

/** Everything after the columns of a table that the sink writes. */
export function tableTail(
  table: string,
  options: TableOptions,
  shape: {
    readonly keeps: Kept;
    readonly family: 'ReplacingMergeTree' | 'AggregatingMergeTree';
    readonly version?: string;
    readonly orderBy: string;
    /** Rows of a granule, the least that is read at once. Default 8,192. */
    readonly granularity?: number;
  },
): string {
  const granules = shape.granularity === undefined ? '' : `, index_granularity = ${shape.granularity}`;
  return `ENGINE = ${options.engine(table, shape.family, shape.version)}
PARTITION BY day
ORDER BY (${shape.orderBy})
TTL ${ttlOf(shape.keeps, options)}
SETTINGS ${durable}, ttl_only_drop_parts = 1${granules},
  ${windowClause(options)}`;
}

/** What makes a table remember tokens, as it stands behind SETTINGS. */
export function windowClause(options: Parameters<typeof windowSettings>[0]): string {
  return windowSettings(options)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}

/** The settings by which a table remembers tokens. */
export function windowSettings(
  options: Pick<TableOptions, 'replicated' | 'deduplicationWindow' | 'deduplicationWindowSeconds'>,
): readonly (readonly [name: string, value: number])[] {
  return options.replicated
    ? [
        ['replicated_deduplication_window', options.deduplicationWindow],
        ['replicated_deduplication_window_seconds', options.deduplicationWindowSeconds],
      ]
    : [['non_replicated_deduplication_window', options.deduplicationWindow]];
}

/** What the rows of a table tell of, and so how long they live. */
export type Kept = 'traces' | 'figures' | 'hour' | 'day';

/** A Date ends in 2149: a sum beyond it would wrap, and the rows go at once. */
export const maxTtlDays = 36_500;

/** When the rows of such a table go, in the very text that ClickHouse shows for it. */
export function ttlOf(keeps: Kept, options: TableOptions): string {
  const days = {
    traces: options.traceTtlDays,
    figures: options.figureTtlDays,
    hour: options.hourTtlDays,
    day: options.dayTtlDays,
  };
  return `day + toIntervalDay(${Math.min(days[keeps], maxTtlDays)})`;
}

/** An insert that was answered is on disk. */
export const durable = 'fsync_after_insert = 1, fsync_part_directory = 1';

/**
 * Parts wait for about ten of their size before they are merged, not five: merging small parts again and again, the
 * indexes of spans with them, took as much CPU as the inserts. See docs/performance.md.
 */
export function mergeMoreAtOnce(table: string): string {
  return `ALTER TABLE ${table} MODIFY SETTING merge_selector_base = 10`;
}

/**
 * ClickHouse makes statistics of every column by itself since 26.4. Merges compute them, and until a cache is renewed,
 * five minutes at most, each query reads those of every merged part: a fifth of what a trace by id took. They are for
 * leaving out parts, as the keys and indexes here do. See docs/performance.md.
 */
export function withoutStatistics(table: string): string {
  return `ALTER TABLE ${table} MODIFY SETTING auto_statistics_types = ''`;
}
