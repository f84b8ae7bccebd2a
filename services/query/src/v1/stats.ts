import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { err, ok, type Result } from '@spanloom/span';
import { matchingSpans, spanGroups, type GroupBy, type SpanGroup } from '@spanloom/store';
import { kindNames, statusNames } from '../search/fields.ts';
import { parseField } from '../search/parser.ts';
import { prepareSearch, searchOptions } from '../search/search.ts';
import { columnOf } from '../search/span-sql.ts';
import {
  answer,
  completeness,
  count,
  durations,
  milliseconds,
  nullable,
  responses,
  service,
  spanIdText,
  timeText,
  traceIdText,
} from './answers.ts';
import type { Api } from './api.ts';
import { invalid, invalidQuery, sendApiError, type ApiError } from './error.ts';
import { completeHead } from './head.ts';
import { parseQuantiles, type Quantile } from './quantiles.ts';
import { parseSearched, rfc3339, searchedParams, type SearchedQuery } from './search-params.ts';
import type { SchemaOf } from './schemas.ts';

interface StatsQuery extends SearchedQuery {
  readonly by?: string;
  readonly quantiles: string;
  readonly limit: number;
}

interface SpansQuery extends SearchedQuery {
  readonly sort: 'start' | 'duration';
  readonly limit: number;
}

const closed = { additionalProperties: false } as const;

const statsSchema: SchemaOf<StatsQuery> = Type.Object(
  {
    ...searchedParams,
    by: Type.Optional(
      Type.String({ maxLength: 1024, description: 'A field of the span or an attribute, as in a query.' }),
    ),
    quantiles: Type.String({ default: '0.5,0.95,0.99', maxLength: 256, description: 'Between 0 and 1, with commas.' }),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  },
  closed,
);

const spansSchema: SchemaOf<SpansQuery> = Type.Object(
  {
    ...searchedParams,
    sort: Type.Union([Type.Literal('duration'), Type.Literal('start')], {
      default: 'duration',
      description: 'The slowest or the latest first.',
    }),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 20 }),
  },
  closed,
);

export const statsAnswer: TSchema = answer({
  from: timeText,
  to: timeText,
  ...completeness,
  by: nullable(Type.String()),
  groupCount: count,
  groups: Type.Array(
    answer({
      value: nullable(Type.String({ description: 'Null where the span has no such attribute.' })),
      spans: Type.Number({ description: 'Weighted by sampling.' }),
      sampledSpans: count,
      errors: Type.Number({ description: 'Weighted by sampling.' }),
      traces: count,
      durationMs: durations,
    }),
  ),
});

export const exemplarsAnswer: TSchema = answer({
  from: timeText,
  to: timeText,
  ...completeness,
  spans: Type.Array(
    answer({
      traceId: traceIdText,
      spanId: spanIdText,
      service,
      operation: Type.String(),
      kind: Type.String(),
      status: Type.String(),
      startTime: timeText,
      durationMs: milliseconds,
    }),
  ),
});

/** Spans that a query is about: in groups, or one by one. */
export function statsRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: StatsQuery }>(
      '/stats',
      {
        schema: {
          summary: 'The spans that a query is about, in groups',
          querystring: statsSchema,
          response: responses(statsAnswer),
        },
      },
      async (request, reply) => {
        const { by, limit } = request.query;
        const params = parseSearched(request.query, api.clock.now());
        if (!params.ok) return sendApiError(reply, 400, params.error);
        const quantiles = parseQuantiles(request.query.quantiles);
        if (!quantiles.ok) return sendApiError(reply, 400, invalid('quantiles', quantiles.error));
        const group = parseBy(by);
        if (!group.ok) return sendApiError(reply, 400, group.error);
        const { filter, window } = params.value;
        const bound = api.bound(request);
        const complete = await api.complete(bound);
        const search = await prepareSearch(bound, filter, window);
        const asked = quantiles.value.map(({ q }) => q);
        const found = await spanGroups(bound, { ...search, by: group.value, quantiles: asked, limit }, searchOptions);
        return {
          from: rfc3339(window.startNs),
          to: rfc3339(window.endNs),
          ...completeHead(complete),
          by: by ?? null,
          groupCount: found.total,
          groups: found.groups.map((each) => groupAnswer(each, quantiles.value)),
        };
      },
    );

    app.get<{ Querystring: SpansQuery }>(
      '/exemplars',
      {
        schema: {
          summary: 'The spans that a query is about, one by one',
          querystring: spansSchema,
          response: responses(exemplarsAnswer),
        },
      },
      async (request, reply) => {
        const { sort, limit } = request.query;
        const params = parseSearched(request.query, api.clock.now());
        if (!params.ok) return sendApiError(reply, 400, params.error);
        const { filter, window } = params.value;
        const bound = api.bound(request);
        const complete = await api.complete(bound);
        const search = await prepareSearch(bound, filter, window);
        const spans = await matchingSpans(bound, { ...search, sort, limit }, searchOptions);
        return {
          from: rfc3339(window.startNs),
          to: rfc3339(window.endNs),
          ...completeHead(complete),
          spans: spans.map((span) => ({
            traceId: span.traceId,
            spanId: span.spanId,
            service: span.service,
            operation: span.operation,
            kind: kindNames[span.kind],
            status: statusNames[span.status],
            startTime: rfc3339(span.startNs),
            durationMs: span.durationNs / 1e6,
          })),
        };
      },
    );
  };
}

function parseBy(text: string | undefined): Result<GroupBy, ApiError> {
  if (text === undefined) return ok({ type: 'all' });
  const field = parseField(text);
  if (!field.ok) return err(invalidQuery('by', field.error));
  switch (field.value.type) {
    case 'trace':
      return err(invalid('by', '`by` takes a field of the span or an attribute: traces have no groups.'));
    case 'span':
      return ok({ type: 'column', sql: columnOf(field.value.name) });
    case 'attribute':
      return ok(field.value);
  }
}

function groupAnswer(group: SpanGroup, quantiles: readonly Quantile[]): object {
  const { value, spans, sampledSpans, errors, traces, quantilesNs, maxNs } = group;
  const named = quantiles.map(({ name }, at) => [name, fourDigits(quantilesNs[at] ?? 0)]);
  const durationMs = { ...Object.fromEntries(named), max: maxNs / 1e6 };
  return { value, spans, sampledSpans, errors, traces, durationMs };
}

/** Milliseconds; the sketch is right within 1 %. */
function fourDigits(ns: number): number {
  return Number((ns / 1e6).toPrecision(4));
}
