import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { StoreError, tracePage, type ReadClient, type SearchWindow } from '@spanloom/store';
import { clausesOf } from '../search/clauses.ts';
import { parseQuery } from '../search/parser.ts';
import { prepareSearch, searchOptions, TooManyTracesError } from '../search/search.ts';
import { answer, completeness, count, responses, timeText } from './answers.ts';
import type { Api } from './api.ts';
import { sendApiError } from './error.ts';
import { completeHead } from './head.ts';
import { parseSearched, rfc3339, searchedParams, type SearchedQuery } from './search-params.ts';
import type { SchemaOf } from './schemas.ts';

const clausesSchema: SchemaOf<SearchedQuery> = Type.Object(searchedParams, { additionalProperties: false });

export const clausesAnswer: TSchema = answer({
  from: timeText,
  to: timeText,
  ...completeness,
  clauses: Type.Array(
    answer({
      text: Type.String(),
      from: Type.Integer({ minimum: 0, description: 'Where it stands in `q`, in UTF-16 units.' }),
      to: Type.Integer({ minimum: 0, description: 'Exclusive.' }),
      count,
      exact: Type.Boolean({ description: 'False: there are at least so many.' }),
      without: Type.String({ description: 'The query without it.' }),
    }),
  ),
});

/** The others are not counted any more then: somebody waits for a hint. */
const maxCountingMs = 10_000;

/** What each clause of a query finds by itself: where all together find nothing, it tells which is to blame. */
export function clauseRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: SearchedQuery }>(
      '/search/clauses',
      {
        schema: {
          summary: 'How many traces each clause of a query finds alone',
          querystring: clausesSchema,
          response: responses(clausesAnswer),
        },
      },
      async (request, reply) => {
        const { q } = request.query;
        const startedMs = api.clock.now();
        const params = parseSearched(request.query, startedMs);
        if (!params.ok) return sendApiError(reply, 400, params.error);
        const { window } = params.value;
        const bound = api.bound(request);
        const complete = await api.complete(bound);
        const clauses: object[] = [];
        for (const { from, to, alone, without } of clausesOf(q)) {
          const inTime = api.clock.now() - startedMs < maxCountingMs;
          const counted = inTime ? await tracesOf(bound, alone, window) : null;
          const found = { count: counted ?? 0, exact: counted !== null };
          clauses.push({ text: q.slice(from, to), from, to, ...found, without });
        }
        return { from: rfc3339(window.startNs), to: rfc3339(window.endNs), ...completeHead(complete), clauses };
      },
    );
  };
}

/** How many traces a query finds; null where that takes more than a query may. */
async function tracesOf(bound: ReadClient, query: string, window: SearchWindow): Promise<number | null> {
  const filter = parseQuery(query);
  if (!filter.ok) throw new Error(`a clause is no query: ${query}: ${filter.error.message}`);
  try {
    const search = await prepareSearch(bound, filter.value, window);
    const page = await tracePage(bound, { ...search, sort: 'start', limit: 1 }, searchOptions);
    return page.total;
  } catch (error) {
    const isTooMuch =
      error instanceof TooManyTracesError || (error instanceof StoreError && error.fault === 'exceeded');
    if (isTooMuch) return null;
    throw error;
  }
}
