import { type RangeParams, type RawSearch, defined, flagOf, oneOf, rangeOf, textOf } from '../app/search-params.ts';
import { type SnippetName, snippetNames } from './landing/snippet-names.ts';

/** Latest or largest first, over the whole window. */
export const sorts = ['start', 'duration', 'spans', 'errors'] as const;
export type Sort = (typeof sorts)[number];

export interface SearchParams extends RangeParams {
  readonly q?: string;
  readonly sort?: Sort;
  /** Of a page that is not the first. */
  readonly cursor?: string;
}

export function searchParams(raw: RawSearch): SearchParams {
  return {
    ...rangeOf(raw),
    ...defined<SearchParams>({ q: textOf(raw, 'q'), sort: oneOf(raw, 'sort', sorts), cursor: textOf(raw, 'cursor') }),
  };
}

export interface LandingParams {
  /** Leaves out what the demo sent. */
  readonly demo?: 'hidden';
  /** How to send spans is shown although there are some. */
  readonly connect?: true;
  readonly snippet?: SnippetName;
}

export function landingParams(raw: RawSearch): LandingParams {
  return defined<LandingParams>({
    demo: oneOf(raw, 'demo', ['hidden'] as const),
    connect: flagOf(raw, 'connect'),
    snippet: oneOf(raw, 'snippet', snippetNames),
  });
}
