import { err, ok, type Result } from '@spanloom/span';
import { invalid, type ApiError } from './error.ts';
import { parseQuantiles, type Quantile } from './quantiles.ts';
import { parseTime, wholeMinutes, type Window } from './time.ts';

/** What every question about figures has. */
export interface FiguresParams {
  readonly window: Window;
  readonly quantiles: readonly Quantile[];
}

export function parseFigures(
  query: { readonly from: string; readonly to: string; readonly quantiles: string },
  nowMs: number,
): Result<FiguresParams, ApiError> {
  const from = parseTime(query.from, nowMs);
  if (!from.ok) return err(invalid('from', from.error));
  const to = parseTime(query.to, nowMs);
  if (!to.ok) return err(invalid('to', to.error));
  const window = wholeMinutes(from.value, to.value);
  if (window === null) return err(invalid('to', '`to` must be later than `from`.'));
  const quantiles = parseQuantiles(query.quantiles);
  if (!quantiles.ok) return err(invalid('quantiles', quantiles.error));
  return ok({ window, quantiles: quantiles.value });
}
