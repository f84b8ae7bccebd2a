import { type RangeParams, type RawSearch, rangeOf } from '../app/search-params.ts';

export interface MapParams extends RangeParams {}

export function mapParams(raw: RawSearch): MapParams {
  return rangeOf(raw);
}
