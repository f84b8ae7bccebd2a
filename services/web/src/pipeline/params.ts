import { type RangeParams, type RawSearch, countOf, defined, flagOf, oneOf, rangeOf } from '../app/search-params.ts';

/** What the bars show. */
export const metrics = ['spans', 'incomplete', 'late', 'duplicateSpans'] as const;
export type Metric = (typeof metrics)[number];

/** How many days of storage. */
export const storageDays = [7, 14, 30, 90] as const;

export interface PipelineParams extends RangeParams {
  readonly metric?: Metric;
  /** The figures of the bars as a table. */
  readonly table?: true;
  readonly days?: number;
  /** What stands in the cells of services by day. */
  readonly cells?: 'spans';
}

/** What is to be another; undefined: as by default. */
export type Changes = { readonly [Name in keyof PipelineParams]?: PipelineParams[Name] | undefined };

export function pipelineParams(raw: RawSearch): PipelineParams {
  const days = countOf(raw, 'days');
  return {
    ...rangeOf(raw),
    ...defined<PipelineParams>({
      metric: oneOf(raw, 'metric', metrics),
      table: flagOf(raw, 'table'),
      days: storageDays.find((each) => each === days),
      cells: oneOf(raw, 'cells', ['spans'] as const),
    }),
  };
}
