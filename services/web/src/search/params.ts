import { type RangeParams, type RawSearch, rangeOf } from '../app/search-params.ts';

export interface SearchParams extends RangeParams {}

export function searchParams(raw: RawSearch): SearchParams {
  return rangeOf(raw);
}
