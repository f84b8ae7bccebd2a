import type { ReadClient, ReadOptions } from '../client/read-client.ts';

/**
 * Offsets in topic `spans` that are stored, and whose spans are: each `from` to `to` (exclusive) a range without a
 * gap; ascending.
 */
export interface ChunkCoverage {
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
  /** Offsets stored more than once, at most {@link maxDoublesNamed}, ascending. */
  readonly doubles: readonly { readonly offset: number; readonly times: number }[];
  /** How many such offsets there are in all. */
  readonly doubleCount: number;
}

export interface ChunkCoverageQuery {
  readonly stream: string;
  readonly partition: number;
  /** Only offsets at or above this. */
  readonly fromOffset?: number;
  /** Only fragments that stand before this offset of `traces`: what lies beyond may be half written. */
  readonly belowPosition?: number;
  /** Only offsets below this. */
  readonly toOffset?: number;
}

/** `chunkCoverage` names at most this many doubled offsets. */
export const maxDoublesNamed = 1000;

/**
 * Which chunks of a partition are stored, folded to ranges in ClickHouse: an audit of millions of
 * chunks moves only the gaps. An offset and its rank differ by the same number within a range.
 */
export async function chunkCoverage(
  client: ReadClient,
  query: ChunkCoverageQuery,
  options?: ReadOptions,
): Promise<ChunkCoverage> {
  const parameters = {
    stream: query.stream,
    partition: query.partition,
    fromOffset: query.fromOffset ?? 0,
    toOffset: query.toOffset ?? Number.MAX_SAFE_INTEGER,
    belowPosition: query.belowPosition ?? Number.MAX_SAFE_INTEGER,
    maxDoubles: maxDoublesNamed,
  };
  const ranges = await client.rows<{ from_offset: string; to_offset: string }>(
    `SELECT min(chunk) AS from_offset, max(chunk) + 1 AS to_offset
     FROM (SELECT chunk, row_number() OVER (ORDER BY chunk) AS rank FROM (${storedOffsets}))
     GROUP BY chunk - rank
     ORDER BY from_offset`,
    parameters,
    options,
  );
  const doubles = await client.rows<{ chunk: string; times: string; in_all: string }>(
    `SELECT chunk, times, count() OVER () AS in_all
     FROM (${storedOffsets})
     WHERE times > 1
     ORDER BY chunk
     LIMIT {maxDoubles:UInt32}`,
    parameters,
    options,
  );
  return {
    ranges: ranges.map((row) => ({ from: Number(row.from_offset), to: Number(row.to_offset) })),
    doubles: doubles.map((row) => ({ offset: Number(row.chunk), times: Number(row.times) })),
    doubleCount: Number(doubles[0]?.in_all ?? 0),
  };
}

const ofPartition = `marker = '' AND stream = {stream:String} AND partition = {partition:Int32}
         AND position < {belowPosition:Int64}`;

/** A fragment's rows of `spans` are in one block: there as a whole, or not at all. */
const storedOffsets = `SELECT arrayJoin(chunk_offsets) AS chunk, count() AS times
       FROM fragments_data
       WHERE ${ofPartition} AND last_chunk_offset >= {fromOffset:Int64}
         AND (spans = 0 OR position IN (SELECT DISTINCT position FROM spans_data WHERE ${ofPartition}))
       GROUP BY chunk
       HAVING chunk >= {fromOffset:Int64} AND chunk < {toOffset:Int64}`;
