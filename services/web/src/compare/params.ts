import { type RangeParams, type RawSearch, defined, flagOf, rangeOf, textOf } from '../app/search-params.ts';

/** Of two traces `a` and `b`; anything else is for the comparison of two windows. */
export interface CompareParams extends RangeParams {
  readonly a?: string;
  readonly b?: string;
  /** Call paths that did not change are left out. */
  readonly changed?: true;
}

export function compareParams(raw: RawSearch): CompareParams {
  return {
    ...rangeOf(raw),
    ...defined<CompareParams>({ a: textOf(raw, 'a'), b: textOf(raw, 'b'), changed: flagOf(raw, 'changed') }),
  };
}
