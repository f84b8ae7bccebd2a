import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { err, ok, percentile, serviceKey, type Histogram, type Result } from '@spanloom/span';
import { edges, operationFigures, type ReadClient } from '@spanloom/store';
import { kindNames } from '../search/fields.ts';
import { answer, completeness, count, durations, nullable, responses, service, timeText } from './answers.ts';
import type { Api } from './api.ts';
import { durationsMs } from './durations.ts';
import { invalid, sendApiError, type ApiError } from './error.ts';
import { windowParams } from './graph.ts';
import { completeHead } from './head.ts';
import type { Quantile } from './quantiles.ts';
import type { SchemaOf } from './schemas.ts';
import { rfc3339Seconds, type Kept, type Window } from './time.ts';
import { parseFigures, type FiguresParams } from './window.ts';

interface CompareQuery {
  readonly from: string;
  readonly to: string;
  readonly baseFrom?: string;
  readonly baseTo?: string;
  readonly of: 'edges' | 'operations';
  readonly environment?: string;
  readonly service?: string;
  readonly quantiles: string;
  readonly sort: 'duration' | 'errors' | 'calls';
  readonly limit: number;
}

const compareSchema: SchemaOf<CompareQuery> = Type.Object(
  {
    ...windowParams,
    baseFrom: Type.Optional(
      Type.String({ maxLength: 64, description: 'By default as long before `from` as `to` is behind it.' }),
    ),
    baseTo: Type.Optional(Type.String({ maxLength: 64, description: 'By default `from`.' })),
    of: Type.Union([Type.Literal('operations'), Type.Literal('edges')], { default: 'operations' }),
    service: Type.Optional(Type.String({ maxLength: 1024, description: 'Operations of it, or calls from or to it.' })),
    sort: Type.Union([Type.Literal('duration'), Type.Literal('errors'), Type.Literal('calls')], {
      default: 'duration',
      description: 'What grew most first.',
    }),
    limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 100 }),
  },
  { additionalProperties: false },
);

const figuresAnswer: TSchema = nullable(
  answer({
    calls: count,
    callsPerMinute: Type.Number(),
    errors: count,
    errorRate: Type.Number(),
    durationMs: durations,
  }),
);
const window: TSchema = answer({ from: timeText, to: timeText });

export const compareAnswer: TSchema = answer({
  window,
  base: window,
  ...completeness,
  rows: Type.Array(
    answer({
      service: Type.Optional(service),
      client: Type.Optional(nullable(service)),
      server: Type.Optional(service),
      operation: Type.Optional(Type.String()),
      kind: Type.String(),
      state: Type.Union([Type.Literal('both'), Type.Literal('added'), Type.Literal('gone')]),
      now: figuresAnswer,
      base: figuresAnswer,
      change: nullable(
        answer({
          callsPerMinute: Type.Number({ description: '0.5: half as many again.' }),
          errorRate: Type.Number({ description: '0.01: one call in a hundred more.' }),
          durationMs: nullable(Type.Record(Type.String(), Type.Number(), { description: '0.5: half as long again.' })),
        }),
      ),
    }),
  ),
});

/** The figures of something in one window. */
interface Figures {
  readonly calls: number;
  readonly errors: number;
  readonly histogram: Histogram;
}

interface Compared {
  /** What it is, as the answer names it. */
  readonly what: object;
  readonly now: Figures | null;
  readonly base: Figures | null;
}

export function compareRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: CompareQuery }>(
      '/compare',
      {
        schema: {
          summary: 'What changed between two windows',
          querystring: compareSchema,
          response: responses(compareAnswer),
        },
      },
      async (request, reply) => {
        const params = parseWindows(request.query, api.clock.now(), api.config);
        if (!params.ok) return sendApiError(reply, 400, params.error);
        const { now, base } = params.value;
        const bound = api.bound(request);
        const complete = await api.complete(bound);
        const [nowFigures, baseFigures] = await Promise.all([
          figuresIn(bound, request.query, now.window),
          figuresIn(bound, request.query, base),
        ]);
        const rows = joinedBy(nowFigures, baseFigures).map((each) => compared(each, now, base));
        const { sort, limit } = request.query;
        return {
          window: windowAnswer(now.window),
          base: windowAnswer(base),
          ...completeHead(complete),
          rows: rows
            .toSorted((a, b) => b.growth[sort] - a.growth[sort])
            .slice(0, limit)
            .map(({ row }) => row),
        };
      },
    );
  };
}

function parseWindows(
  query: CompareQuery,
  nowMs: number,
  kept: Kept,
): Result<{ now: FiguresParams; base: Window }, ApiError> {
  const now = parseFigures({ ...query, step: 'auto' }, nowMs, kept);
  if (!now.ok) return now;
  const { fromMinute, toMinute } = now.value.window;
  const text = (minute: number): string => rfc3339Seconds(Math.max(0, minute) * 60_000);
  const { baseFrom = text(2 * fromMinute - toMinute), baseTo = text(fromMinute) } = query;
  const asked = { from: baseFrom, to: baseTo, step: 'auto', quantiles: '0.5' } as const;
  const base = parseFigures(asked, nowMs, kept);
  if (base.ok) return ok({ now: now.value, base: base.value.window });
  const parameter = base.error.parameter === 'from' ? 'baseFrom' : 'baseTo';
  return err(invalid(parameter, base.error.message.replace('`to`', '`baseTo`').replace('`from`', '`baseFrom`')));
}

async function figuresIn(
  bound: ReadClient,
  { of, environment, service: name }: CompareQuery,
  within: Window,
): Promise<Map<string, { readonly what: object; readonly figures: Figures }>> {
  const filter = { ...within, ...(environment === undefined ? {} : { environment }) };
  if (of === 'operations') {
    const rows = await operationFigures(bound, { ...filter, ...(name === undefined ? {} : { service: name }) });
    return new Map(
      rows.map((row) => [
        `${serviceKey(row.service)}\0${row.operation}\0${row.kind}`,
        {
          what: { service: row.service, operation: row.operation, kind: kindNames[row.kind] },
          figures: { calls: row.calls, errors: row.errors, histogram: row.histogram },
        },
      ]),
    );
  }
  const rows = await edges(bound, { ...filter, byOperation: false });
  return new Map(
    rows
      .filter((row) => name === undefined || row.client?.name === name || row.server.name === name)
      .map((row) => [
        `${row.client === null ? '' : serviceKey(row.client)}\0${serviceKey(row.server)}\0${row.kind}`,
        {
          what: { client: row.client, server: row.server, kind: row.kind },
          figures: {
            calls: row.calls,
            errors: Math.max(row.clientErrors, row.serverErrors),
            histogram: row.clientHistogram.size > 0 ? row.clientHistogram : row.serverHistogram,
          },
        },
      ]),
  );
}

function joinedBy(
  now: ReadonlyMap<string, { readonly what: object; readonly figures: Figures }>,
  base: ReadonlyMap<string, { readonly what: object; readonly figures: Figures }>,
): Compared[] {
  const of = (key: string): Compared => ({
    what: (now.get(key) ?? base.get(key))?.what ?? {},
    now: now.get(key)?.figures ?? null,
    base: base.get(key)?.figures ?? null,
  });
  return [...new Set([...now.keys(), ...base.keys()])].map(of);
}

interface ComparedRow {
  readonly row: object;
  /** By what rows are sorted. */
  readonly growth: Readonly<Record<CompareQuery['sort'], number>>;
}

function compared({ what, now, base }: Compared, asked: FiguresParams, baseWindow: Window): ComparedRow {
  const rateOf = (figures: Figures | null, { fromMinute, toMinute }: Window): number =>
    (figures?.calls ?? 0) / (toMinute - fromMinute);
  const errorRateOf = (figures: Figures | null): number =>
    figures === null || figures.calls <= 0 ? 0 : figures.errors / figures.calls;
  const shown = (figures: Figures | null, within: Window): object | null =>
    figures && {
      calls: figures.calls,
      callsPerMinute: digits(rateOf(figures, within)),
      errors: figures.errors,
      errorRate: digits(errorRateOf(figures)),
      durationMs: durationsMs(figures.histogram, asked.quantiles),
    };
  const growth = {
    calls: rateOf(now, asked.window) - rateOf(base, baseWindow),
    errors: errorRateOf(now) - errorRateOf(base),
    duration: slower(now?.histogram, base?.histogram, Math.max(...asked.quantiles.map(({ q }) => q))) ?? 0,
  };
  const row = {
    ...what,
    state: now === null ? 'gone' : base === null ? 'added' : 'both',
    now: shown(now, asked.window),
    base: shown(base, baseWindow),
    change:
      now === null || base === null
        ? null
        : {
            callsPerMinute: digits(rateOf(now, asked.window) / rateOf(base, baseWindow) - 1),
            errorRate: digits(growth.errors),
            durationMs: durationChange(now.histogram, base.histogram, asked.quantiles),
          },
  };
  return { row, growth };
}

function durationChange(now: Histogram, base: Histogram, quantiles: readonly Quantile[]): object | null {
  if (now.size === 0 || base.size === 0) return null;
  return Object.fromEntries(quantiles.map(({ name, q }) => [name, digits(slower(now, base, q) ?? 0)]));
}

/** By what part of what it was a percentile grew, or null where one is missing. */
function slower(now: Histogram | undefined, base: Histogram | undefined, q: number): number | null {
  const [nowNs, baseNs] = [percentile(now ?? new Map(), q), percentile(base ?? new Map(), q)];
  return nowNs === null || baseNs === null ? null : nowNs / baseNs - 1;
}

function digits(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : 0;
}

function windowAnswer({ fromMinute, toMinute }: Window): object {
  return { from: rfc3339Seconds(fromMinute * 60_000), to: rfc3339Seconds(toMinute * 60_000) };
}
