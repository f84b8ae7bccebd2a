import type { ReadClient, ReadOptions } from '../client/read-client.ts';

/** How far a partition of `traces` is stored. */
export interface Position {
  readonly stream: string;
  readonly partition: number;
  /** Records below this offset of `traces` are stored. */
  readonly b: number;
  readonly watermark: { readonly offset: number; readonly streamTimeMs: number };
}

/** The position of every partition that was ever stored. */
export async function positions(client: ReadClient, options?: ReadOptions): Promise<Position[]> {
  const rows = await client.rows<{
    stream: string;
    partition: number;
    last_b: string;
    last: [string, string];
  }>(
    `SELECT stream, partition, max(b) AS last_b, argMax((watermark_offset, watermark_ms), b) AS last
     FROM sink_batches
     GROUP BY stream, partition
     ORDER BY stream, partition`,
    {},
    options,
  );
  return rows.map((row) => ({
    stream: row.stream,
    partition: row.partition,
    b: Number(row.last_b),
    watermark: { offset: Number(row.last[0]), streamTimeMs: Number(row.last[1]) },
  }));
}
