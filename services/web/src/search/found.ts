import {
  type RangeParams,
  type RawSearch,
  defaultRange,
  defined,
  oneOf,
  rangeOf,
  textOf,
} from '../app/search-params.ts';
import { type Range, isRelative } from '../ui/range.ts';
import { type SearchParams, type Sort, sorts } from './params.ts';

/** The list that a trace was opened from. It is a part of the URL of the trace: whoever opens that can go on in it. */
export interface FoundParams extends RangeParams {
  readonly q?: string;
  /** Of the list; the latest first where it is missing. */
  readonly order?: Sort;
  /** Of a page that is not the first: it holds the window, too. */
  readonly cursor?: string;
  /** Where the ends of a relative window were, in milliseconds since 1970 to the base of 36: `mwy94sq4-mwyb9yi4`. */
  readonly list?: string;
}

export function foundOf(raw: RawSearch): FoundParams {
  return {
    ...rangeOf(raw),
    ...defined<FoundParams>({
      q: textOf(raw, 'q'),
      order: oneOf(raw, 'order', sorts),
      cursor: textOf(raw, 'cursor'),
      list: textOf(raw, 'list'),
    }),
  };
}

/** What a page of results is made of. */
interface Page {
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
  readonly traces: readonly { readonly startTime: string }[];
}

/** The list that a search has answered. */
export function foundBy({ q, from, to, sort, cursor }: SearchParams, page: Page): FoundParams {
  const moves = isRelative(from ?? defaultRange.from) || isRelative(to ?? defaultRange.to);
  const order = sort === 'start' ? undefined : sort;
  // Of the latest traces, those that begin behind the first are not in the list, however soon they are stored.
  const toMs = order === undefined && isRelative(to ?? defaultRange.to) ? behindLatest(page) : Date.parse(page.to);
  const list = moves && cursor === undefined ? listText(Date.parse(page.from), toMs) : undefined;
  return defined<FoundParams>({ q, from, to, order, cursor, list });
}

/** The latest traces that there are, whenever they began. */
export function foundLatest(q: string, traces: Page['traces']): FoundParams {
  const fromMs = Math.min(...traces.map(({ startTime }) => Date.parse(startTime)));
  const list = traces.length === 0 ? undefined : listText(fromMs, behindLatest({ traces }));
  return defined<FoundParams>({ q: q === '' ? undefined : q, list });
}

/** Whether a search has led to a trace at all. */
export function wasFound(found: FoundParams): boolean {
  return Object.keys(found).length > 0;
}

/** The search that goes on from a list, in the same window: a relative one stays so. */
export function searchOf({ q, from, to, order }: FoundParams): SearchParams {
  return defined<SearchParams>({ q, from, to, sort: order });
}

/** The window of a list as it was. */
export function windowOf({ from, to, list }: FoundParams): Range {
  const [fromMs = Number.NaN, toMs = Number.NaN] = (list ?? '').split('-').map((text) => Number.parseInt(text, 36));
  if (fromMs < toMs) return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  return { from: from ?? defaultRange.from, to: to ?? defaultRange.to };
}

/** A millisecond behind it: windows are without their end, and times are cut off at the millisecond. */
function behindLatest({ traces }: Pick<Page, 'traces'>): number {
  return Math.max(...traces.map(({ startTime }) => Date.parse(startTime))) + 1;
}

function listText(fromMs: number, toMs: number): string {
  return `${fromMs.toString(36)}-${toMs.toString(36)}`;
}
