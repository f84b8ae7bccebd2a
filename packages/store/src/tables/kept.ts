import { durable } from './options.ts';
import type { TableOptions } from './options.ts';

/**
 * Where traces go that somebody asked to keep: the rows of `fragments`, `resources` and `spans` as
 * they are, without a TTL, and the ids of the traces that are here as a whole. A row that is copied
 * twice is one after a merge; readers do not wait for it. A migration that gives one of the three
 * another column gives it to the copy, too: rows are copied by position.
 */
export function createKept(options: TableOptions): string[] {
  const copyOf = (table: string, orderBy: string): string => {
    const name = `kept_${table}`;
    return `CREATE TABLE IF NOT EXISTS ${name} AS ${table}_data
ENGINE = ${options.engine(name, 'ReplacingMergeTree', 'marker_b')}
ORDER BY (${orderBy})
SETTINGS ${durable}`;
  };
  return [
    copyOf('fragments', 'trace_id, stream, partition, position'),
    copyOf('resources', 'id'),
    copyOf('spans', 'trace_id, stream, partition, position, ordinal'),
    `CREATE TABLE IF NOT EXISTS kept_traces (
  trace_id FixedString(16),
  kept_at DateTime('UTC') DEFAULT now()
)
ENGINE = ${options.engine('kept_traces', 'ReplacingMergeTree')}
ORDER BY trace_id
SETTINGS ${durable}`,
  ];
}
