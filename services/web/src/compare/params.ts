import { type RawSearch, defined, flagOf, textOf } from '../app/search-params.ts';
import { windowsParams, type WindowsParams } from './windows-params.ts';

/** Of two traces `a` and `b`; without them, of two windows. */
export interface CompareParams extends WindowsParams {
  readonly a?: string;
  readonly b?: string;
  /** Call paths that did not change are left out. */
  readonly changed?: true;
}

export function compareParams(raw: RawSearch): CompareParams {
  return {
    ...windowsParams(raw),
    ...defined<CompareParams>({ a: textOf(raw, 'a'), b: textOf(raw, 'b'), changed: flagOf(raw, 'changed') }),
  };
}
