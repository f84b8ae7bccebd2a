import { type RangeParams, type RawSearch, defined, oneOf, rangeOf, textOf } from '../app/search-params.ts';
import { type Baseline, baselines } from './baseline.ts';

/** Two windows. */
export interface WindowsParams extends RangeParams {
  readonly of?: 'operations' | 'edges';
  /** The window to compare with: by name, or by its ends. */
  readonly base?: Baseline;
  readonly baseFrom?: string;
  readonly baseTo?: string;
  readonly environment?: string;
  readonly service?: string;
  /** What grew most comes first. */
  readonly by?: 'duration' | 'errors' | 'calls';
  /** Which rows are shown; all where it is missing. */
  readonly only?: 'slower' | 'added' | 'gone';
}

export function windowsParams(raw: RawSearch): WindowsParams {
  return defined<WindowsParams>({
    ...rangeOf(raw),
    of: oneOf(raw, 'of', ['operations', 'edges']),
    base: oneOf(raw, 'base', baselines),
    baseFrom: textOf(raw, 'baseFrom'),
    baseTo: textOf(raw, 'baseTo'),
    environment: textOf(raw, 'environment'),
    service: textOf(raw, 'service'),
    by: oneOf(raw, 'by', ['duration', 'errors', 'calls']),
    only: oneOf(raw, 'only', ['slower', 'added', 'gone']),
  });
}
