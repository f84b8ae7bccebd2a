import type { Service } from '@spanloom/span';
import { operationFiguresByLevel, type LevelsRead, type ReadClient } from '@spanloom/store';
import { kindName } from '../jaeger/trace.ts';
import { durationsMs, slowestNs, type DurationsMs } from './durations.ts';
import type { FiguresParams } from './window.ts';
import type { OperationsQuery } from './schemas.ts';

/** One operation of the answer. See docs/api.md. */
export interface OperationAnswer {
  readonly service: Service;
  readonly operation: string;
  /** `server`, `client`, …; empty where it is unspecified. */
  readonly kind: string;
  readonly calls: number;
  readonly sampledCalls: number;
  readonly errors: number;
  readonly originErrors: number;
  readonly durationMs: DurationsMs;
  readonly selfTimeMs: number;
  readonly criticalPathMs: number;
}

export async function operationAnswers(
  store: ReadClient,
  query: OperationsQuery,
  { window, coarsest, quantiles }: FiguresParams,
): Promise<{ readonly levels: LevelsRead; readonly operations: OperationAnswer[] }> {
  const { environment, service } = query;
  const { rows, levels } = await operationFiguresByLevel(store, {
    ...window,
    coarsest,
    ...(environment === undefined ? {} : { environment }),
    ...(service === undefined ? {} : { service }),
  });
  const operations = rows
    .map((row) => {
      const bySort = { calls: row.calls, errors: row.errors, duration: slowestNs(row.histogram, quantiles) };
      return { row, rank: bySort[query.sort] };
    })
    .toSorted((a, b) => b.rank - a.rank)
    .slice(0, query.limit)
    .map(({ row }) => ({
      service: row.service,
      operation: row.operation,
      kind: kindName(row.kind),
      calls: row.calls,
      sampledCalls: row.sampledCalls,
      errors: row.errors,
      originErrors: row.originErrors,
      durationMs: durationsMs(row.histogram, quantiles),
      selfTimeMs: row.selfTimeNs / 1e6,
      criticalPathMs: row.criticalPathNs / 1e6,
    }));
  return { levels, operations };
}
