import { type RangeParams, type RawSearch, defined, flagOf, oneOf, rangeOf, textOf } from '../app/search-params.ts';
import { type Baseline, baselines } from '../compare/baseline.ts';

export const colorings = ['errors', 'duration'] as const;
export type Coloring = (typeof colorings)[number];

export interface MapParams extends RangeParams {
  readonly environment?: string;
  /** What colours mean; the rate of errors where it is missing. */
  readonly color?: Coloring;
  /** The window to compare with; the one before where it is missing. */
  readonly base?: Baseline;
  /** What is selected: the key of a node, or of an edge. */
  readonly node?: string;
  readonly edge?: string;
  /** Only what is near this node, so many calls away. */
  readonly around?: string;
  readonly hops?: '1' | '2';
  /** Keys of folded groups that are shown one by one, with commas; `all` folds nothing. */
  readonly unfold?: string;
  readonly view?: 'table';
  /** What the table is sorted by. */
  readonly by?: string;
  /** Of the table: the least first. */
  readonly up?: true;
}

export function mapParams(raw: RawSearch): MapParams {
  return defined<MapParams>({
    ...rangeOf(raw),
    environment: textOf(raw, 'environment'),
    color: oneOf(raw, 'color', colorings),
    base: oneOf(raw, 'base', baselines),
    node: textOf(raw, 'node'),
    edge: textOf(raw, 'edge'),
    around: textOf(raw, 'around'),
    hops: oneOf(raw, 'hops', ['1', '2']),
    unfold: textOf(raw, 'unfold'),
    view: oneOf(raw, 'view', ['table']),
    by: textOf(raw, 'by'),
    up: flagOf(raw, 'up'),
  });
}
