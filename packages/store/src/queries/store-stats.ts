import type { ReadClient, ReadOptions } from '../client/read-client.ts';

/** What a table takes. */
export interface TableStats {
  readonly table: string;
  readonly rows: number;
  /** Compressed, as it lies on disk. */
  readonly bytesOnDisk: number;
  readonly bytesUncompressed: number;
  readonly parts: number;
}

/** Rows and bytes of every table of the store, by name. */
export async function storeStats(client: ReadClient, options?: ReadOptions): Promise<TableStats[]> {
  const rows = await client.rows<Record<'name' | 'row_count' | 'on_disk' | 'uncompressed' | 'part_count', string>>(
    `SELECT table AS name, sum(rows) AS row_count, sum(bytes_on_disk) AS on_disk,
       sum(data_uncompressed_bytes) AS uncompressed, count() AS part_count
     FROM system.parts
     WHERE active AND database = currentDatabase()
     GROUP BY table
     ORDER BY table`,
    {},
    options,
  );
  return rows.map((row) => ({
    table: row.name,
    rows: Number(row.row_count),
    bytesOnDisk: Number(row.on_disk),
    bytesUncompressed: Number(row.uncompressed),
    parts: Number(row.part_count),
  }));
}
