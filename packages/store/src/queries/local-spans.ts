import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { readLevels } from '../levels/read.ts';
import type { LevelQuery } from '../levels/read.ts';
import { operationsShape } from '../levels/shape.ts';

export interface LocalSpans {
  /** Name of the service, of all its environments and namespaces. */
  readonly service: string;
  /** Never 0. What was stored before migration 9 is not counted. */
  readonly spans: number;
}

/** By service, how many spans of a window have their parent in the same one. */
export async function localSpans(
  client: ReadClient,
  query: LevelQuery,
  options?: ReadOptions,
): Promise<readonly LocalSpans[]> {
  const { rows } = await readLevels<{ service: string; spans: string }, LocalSpans>(
    client,
    operationsShape,
    query,
    {
      rowOf: (row) => ({ service: row.service, spans: Number(row.spans) }),
      sqlOf: (source) => `SELECT service, level, count() AS windows, sum(o.local_spans) AS spans
     FROM ${source} AS o
     GROUP BY level, service
     HAVING level != '' OR spans != 0
     ORDER BY service`,
      parameters: {},
    },
    options,
  );
  return rows;
}
