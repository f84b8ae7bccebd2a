import type { TableOptions } from './options.ts';
import { durable } from './options.ts';

/**
 * The position of the sink in each partition of `traces`, and how far the figures are complete.
 * Merges keep the row with the highest b. No TTL: the position must outlive an idle month.
 */
export function createSinkBatches(options: TableOptions): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS sink_batches (
  stream String,
  partition Int32,
  a Int64,
  b Int64,
  append_time DateTime64(3, 'UTC'),
  watermark_offset Int64,
  watermark_ms Int64,
  fragments UInt32,
  spans UInt32,
  duplicate_spans UInt32
)
ENGINE = ${options.engine('sink_batches', 'ReplacingMergeTree', 'b')}
ORDER BY (stream, partition)
SETTINGS ${durable}`,
  ];
}
