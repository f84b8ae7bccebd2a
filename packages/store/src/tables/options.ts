/** What the tables of an installation have in common. */
export interface TableOptions {
  /** Rows live for this many days after the day of their append. */
  readonly ttlDays: number;
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
  ttlDays: 7,
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
    readonly family: 'ReplacingMergeTree' | 'AggregatingMergeTree';
    readonly version?: string;
    readonly orderBy: string;
  },
): string {
  return `ENGINE = ${options.engine(table, shape.family, shape.version)}
PARTITION BY day
ORDER BY (${shape.orderBy})
TTL day + INTERVAL ${options.ttlDays} DAY
SETTINGS ${durable}, ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = ${options.deduplicationWindow}`;
}

/** An insert that was answered is on disk. */
export const durable = 'fsync_after_insert = 1, fsync_part_directory = 1';
