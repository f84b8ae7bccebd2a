import { type RangeParams, type RawSearch, rangeOf } from '../app/search-params.ts';

export interface EdgeParams extends RangeParams {}

export function edgeParams(raw: RawSearch): EdgeParams {
  return rangeOf(raw);
}
