import { err, ok, type Result } from '@spanloom/span';
import { invalid, type ApiError } from './error.ts';
import { parseQuantiles, type Quantile } from './quantiles.ts';
import type { Coarsest } from '@spanloom/store';
import { parseTime, wholeSteps, type Kept, type Step, type Window } from './time.ts';

/** What every question about figures has. */
export interface FiguresParams {
  readonly window: Window;
  /** The coarsest level to read. */
  readonly coarsest: Coarsest;
  readonly quantiles: readonly Quantile[];
}

export function parseFigures(
  query: { readonly from: string; readonly to: string; readonly step: Step; readonly quantiles: string },
  nowMs: number,
  kept: Kept,
): Result<FiguresParams, ApiError> {
  const from = parseTime(query.from, nowMs);
  if (!from.ok) return err(invalid('from', from.error));
  const to = parseTime(query.to, nowMs);
  if (!to.ok) return err(invalid('to', to.error));
  const window = wholeSteps([from.value, to.value], query.step, nowMs, kept);
  if (window === null) return err(invalid('to', '`to` must be later than `from`.'));
  const quantiles = parseQuantiles(query.quantiles);
  if (!quantiles.ok) return err(invalid('quantiles', quantiles.error));
  return ok({ window, coarsest: coarsestOf[query.step], quantiles: quantiles.value });
}

const coarsestOf: Readonly<Record<Step, Coarsest>> = { auto: 'day', '1m': 'minute', '1h': 'hour', '1d': 'day' };
