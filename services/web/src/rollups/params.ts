import { type RangeParams, type RawSearch, rangeOf } from '../app/search-params.ts';

export interface RollupsParams extends RangeParams {}

export function rollupsParams(raw: RawSearch): RollupsParams {
  return rangeOf(raw);
}
