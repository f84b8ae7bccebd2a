import type { CloseReason } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';

/** By when they were finished: Unix milliseconds, `[fromMs, toMs)`, in steps. */
export interface FragmentFiguresQuery {
  readonly stream: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
}

/** What was stored of finished traces in a step, by why they were closed. */
export interface FragmentFigures {
  /** Unix second at which the step begins: a multiple of it. */
  readonly atSeconds: number;
  readonly reason: CloseReason;
  readonly fragments: number;
  /** Traces that were whole when they were closed, and those that were not; late pieces are neither. */
  readonly complete: number;
  readonly incomplete: number;
  /** Pieces that came after their trace was closed. */
  readonly late: number;
  readonly spans: number;
  readonly errors: number;
  readonly duplicateSpans: number;
  readonly unlinked: number;
  readonly timeShifted: number;
  readonly truncated: number;
}

/** Figures of what came through the pipeline, by step and reason. */
export async function fragmentFigures(
  client: ReadClient,
  query: FragmentFiguresQuery,
  options?: ReadOptions,
): Promise<FragmentFigures[]> {
  const rows = await client.rows<Record<Exclude<keyof FragmentFigures, 'reason'>, string> & { reason: CloseReason }>(
    `SELECT intDiv(toUnixTimestamp(append_time), {stepSeconds:UInt32}) * {stepSeconds:UInt32} AS atSeconds,
       f.reason AS reason, count() AS fragments,
       countIf(f.complete = 1 AND f.late = 0 AND f.part = 0) AS complete,
       countIf(f.complete = 0 AND f.late = 0 AND f.part = 0) AS incomplete,
       countIf(f.late = 1) AS late, sum(f.spans) AS spans, sum(f.errors) AS errors,
       sum(f.duplicate_spans) AS duplicateSpans, sum(f.unlinked) AS unlinked,
       sum(f.time_shifted) AS timeShifted, sum(f.truncated) AS truncated
     FROM fragments_data AS f
     WHERE marker = '' AND stream = {stream:String}
       AND day >= toDate(fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC'))
       AND day <= toDate(fromUnixTimestamp64Milli({toMs:Int64}, 'UTC'))
       AND append_time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
       AND append_time < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
     GROUP BY atSeconds, reason
     ORDER BY atSeconds, reason`,
    { ...query },
    options,
  );
  return rows.map(({ reason, ...figures }) => ({
    reason,
    ...(Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value)])) as Omit<
      FragmentFigures,
      'reason'
    >),
  }));
}
