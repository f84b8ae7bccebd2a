import type { EdgeKind, Service } from '@spanloom/span';
import { edgesByLevel, type EdgeRow, type LevelsRead, type ReadClient } from '@spanloom/store';
import { durationsMs, slowestNs, type DurationsMs } from './durations.ts';
import type { FiguresParams } from './window.ts';
import type { EdgesQuery } from './schemas.ts';

/** One edge of the answer. See docs/api.md. */
export interface EdgeAnswer {
  readonly client: Service | null;
  readonly server: Service;
  readonly kind: EdgeKind;
  /** Only where split by operation. */
  readonly operation?: string;
  readonly calls: number;
  readonly sampledCalls: number;
  readonly clientErrors: number;
  readonly serverErrors: number;
  readonly unpaired: number;
  readonly clientDurationMs: DurationsMs;
  readonly serverDurationMs: DurationsMs;
}

export async function edgeAnswers(
  store: ReadClient,
  query: EdgesQuery,
  { window, coarsest, quantiles }: FiguresParams,
): Promise<{ readonly levels: LevelsRead; readonly edges: EdgeAnswer[] }> {
  const byOperation = query.by === 'operation';
  const { environment } = query;
  const { rows, levels } = await edgesByLevel(store, {
    ...window,
    coarsest,
    byOperation,
    ...(environment === undefined ? {} : { environment }),
  });
  const rank = ranks[query.sort];
  const edges = rows
    .map((row) => ({ row, rank: rank(row, (histogram) => slowestNs(histogram, quantiles)) }))
    .toSorted((a, b) => b.rank - a.rank)
    .slice(0, query.limit)
    .map(({ row }) => ({
      client: row.client,
      server: row.server,
      kind: row.kind,
      ...(byOperation ? { operation: row.operation } : {}),
      calls: row.calls,
      sampledCalls: row.sampledCalls,
      clientErrors: row.clientErrors,
      serverErrors: row.serverErrors,
      unpaired: row.unpaired,
      clientDurationMs: durationsMs(row.clientHistogram, quantiles),
      serverDurationMs: durationsMs(row.serverHistogram, quantiles),
    }));
  return { levels, edges };
}

type Rank = (row: EdgeRow, slowest: (histogram: EdgeRow['clientHistogram']) => number) => number;

const ranks: Readonly<Record<EdgesQuery['sort'], Rank>> = {
  calls: (row) => row.calls,
  // A call that failed on both sides failed once.
  errors: (row) => Math.max(row.clientErrors, row.serverErrors),
  unpaired: (row) => row.unpaired,
  duration: (row, slowest) => slowest(row.clientHistogram.size > 0 ? row.clientHistogram : row.serverHistogram),
};
