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
   * How many blocks of a table remember their token. At least 4 × 60 s of blocks at the rate of
   * catching up: an insert whose outcome is unknown is repeated for 60 s at most.
   */
  readonly deduplicationWindow: number;
  /** The engine clause for a table of this family, `version` being the column that decides which row stays. */
  engine(table: string, family: 'ReplacingMergeTree' | 'AggregatingMergeTree', version?: string): string;
}

/** Tables of a single node: the embedded engine, or a server without replication. */
export const singleNode: TableOptions = {
  traceTtlDays: 7,
  figureTtlDays: 90,
  hourTtlDays: 400,
  dayTtlDays: 1830,
  deduplicationWindow: 10_000,
  engine: (_table, family, version) => `${family}(${version ?? ''})`,
};

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
  },
): string {
  return `ENGINE = ${options.engine(table, shape.family, shape.version)}
PARTITION BY day
ORDER BY (${shape.orderBy})
TTL ${ttlOf(shape.keeps, options)}
SETTINGS ${durable}, ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = ${options.deduplicationWindow}`;
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
