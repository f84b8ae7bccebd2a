import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { tracePage, traceSummaries } from '@spanloom/store';
import { cursorText } from '../search/cursor.ts';
import { prepareSearch, searchOptions } from '../search/search.ts';
import { answer, completeness, count, nullable, responses, summary, timeText } from './answers.ts';
import type { Api } from './api.ts';
import { sendApiError } from './error.ts';
import { completeHead } from './head.ts';
import { parsePage, rfc3339, searchSchema, type SearchQuery } from './search-params.ts';
import { summaryAnswer } from './trace.ts';

export const searchAnswer: TSchema = answer({
  from: timeText,
  to: timeText,
  ...completeness,
  total: answer({ count, exact: Type.Boolean({ description: 'False: there are at least so many.' }) }),
  traces: Type.Array(summary),
  next: nullable(Type.String({ description: 'The `cursor` of the next page; null on the last one.' })),
});

export function searchRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: SearchQuery }>(
      '/search',
      {
        schema: { summary: 'Traces that a query finds', querystring: searchSchema, response: responses(searchAnswer) },
      },
      async (request, reply) => {
        const { q, sort, limit } = request.query;
        const params = parsePage(request.query, api.clock.now());
        if (!params.ok) return sendApiError(reply, 400, params.error);
        const { filter, window, cursor } = params.value;
        const bound = api.bound(request);
        const complete = await api.complete(bound);
        const search = await prepareSearch(bound, filter, window);
        const after = cursor === null ? {} : { after: cursor.place };
        // One more tells whether there is a page behind this one.
        const page = await tracePage(bound, { ...search, ...after, sort, limit: limit + 1 }, searchOptions);
        const places = page.places.slice(0, limit);
        const summaries = await traceSummaries(
          bound,
          places.map((place) => place.traceId),
          { sinceNs: places.reduce((least, { startNs }) => (startNs < least ? startNs : least), window.endNs) },
        );
        const total = cursor?.total ?? page.total;
        const last = places.at(-1);
        const isLast = last === undefined || page.places.length <= limit;
        return {
          from: rfc3339(window.startNs),
          to: rfc3339(window.endNs),
          ...completeHead(complete),
          total: { count: total, exact: true },
          traces: summaries.map(summaryAnswer),
          next: isLast ? null : cursorText({ place: last, ...window, total }, q, sort),
        };
      },
    );
  };
}
