import { type RangeParams, type RawSearch, rangeOf } from '../app/search-params.ts';

export interface TraceParams extends RangeParams {}

export function traceParams(raw: RawSearch): TraceParams {
  return rangeOf(raw);
}
