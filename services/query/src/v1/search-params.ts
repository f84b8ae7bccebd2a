import { Type } from '@sinclair/typebox';
import { err, ok, type Result } from '@spanloom/span';
import type { SearchWindow, TraceSort } from '@spanloom/store';
import type { TraceFilter } from '../search/ast.ts';
import { parseCursor, type Cursor } from '../search/cursor.ts';
import { maxQueryLength, parseQuery } from '../search/parser.ts';
import { invalid, invalidQuery, type ApiError } from './error.ts';
import type { Params, SchemaOf } from './schemas.ts';
import { parseTime } from './time.ts';

/** What every question about traces has. */
export interface SearchedQuery {
  readonly q: string;
  readonly from: string;
  readonly to: string;
}

export interface SearchQuery extends SearchedQuery {
  readonly sort: TraceSort;
  readonly limit: number;
  readonly cursor?: string;
}

/** One longer than a query may be, so that it is refused where the others are: by the parser, pointing at it. */
const maxQ = maxQueryLength + 1;

export const searchedParams: Params<SearchedQuery> = {
  q: Type.String({ default: '', maxLength: 2 * maxQ, description: 'A query: see docs/query-language.md.' }),
  from: Type.String({
    default: 'now-1h',
    maxLength: 64,
    description: 'RFC 3339, or relative: now-15m, now-1h, now-2d.',
  }),
  to: Type.String({ default: 'now', maxLength: 64, description: 'The end, exclusive; as `from`.' }),
};

const closed = { additionalProperties: false } as const;

export const searchSchema: SchemaOf<SearchQuery> = Type.Object(
  {
    ...searchedParams,
    sort: Type.Union([Type.Literal('start'), Type.Literal('duration'), Type.Literal('spans'), Type.Literal('errors')], {
      default: 'start',
      description: 'Latest or largest first, over the whole window.',
    }),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 20 }),
    cursor: Type.Optional(
      Type.String({ maxLength: 512, description: '`next` of the page before; of the same `q` and `sort`.' }),
    ),
  },
  closed,
);

export interface Searched {
  readonly filter: TraceFilter;
  readonly window: SearchWindow;
}

export function parseSearched(query: SearchedQuery, nowMs: number): Result<Searched, ApiError> {
  const filter = parseQuery(query.q);
  if (!filter.ok) return err(invalidQuery('q', filter.error));
  const from = parseTime(query.from, nowMs);
  if (!from.ok) return err(invalid('from', from.error));
  const to = parseTime(query.to, nowMs);
  if (!to.ok) return err(invalid('to', to.error));
  if (from.value >= to.value) return err(invalid('to', '`to` must be later than `from`.'));
  return ok({ filter: filter.value, window: { startNs: nanoseconds(from.value), endNs: nanoseconds(to.value) } });
}

/** The cursor of a search, whose window the pages that follow keep. */
export function parsePage(query: SearchQuery, nowMs: number): Result<Searched & { cursor: Cursor | null }, ApiError> {
  const searched = parseSearched(query, nowMs);
  if (!searched.ok || query.cursor === undefined) {
    return searched.ok ? ok({ ...searched.value, cursor: null }) : searched;
  }
  const cursor = parseCursor(query.cursor, query.q, query.sort);
  if (cursor === null) return err(invalid('cursor', 'The cursor is not one of this query and order.'));
  const { startNs, endNs } = cursor;
  return ok({ filter: searched.value.filter, window: { startNs, endNs }, cursor });
}

export function nanoseconds(timeMs: number): bigint {
  return BigInt(Math.round(timeMs * 1000)) * 1000n;
}

/** RFC 3339 in milliseconds. */
export function rfc3339(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString();
}
