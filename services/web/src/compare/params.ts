import { type RangeParams, type RawSearch, rangeOf } from '../app/search-params.ts';

export interface CompareParams extends RangeParams {}

export function compareParams(raw: RawSearch): CompareParams {
  return rangeOf(raw);
}
