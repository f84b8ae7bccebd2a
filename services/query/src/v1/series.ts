import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import type { HeatmapColumn, HeatmapWindow } from '@spanloom/store';
import { answer, count, durations, headed, nullable, responses, timeText } from './answers.ts';
import type { Api } from './api.ts';
import { durationsMs } from './durations.ts';
import { invalid, sendApiError } from './error.ts';
import { head } from './head.ts';
import { parseQuantiles, type Quantile } from './quantiles.ts';
import type { SchemaOf } from './schemas.ts';
import { parseTarget, readColumns, targetParams, type TargetQuery } from './target.ts';
import { rfc3339Seconds } from './time.ts';

interface SeriesQuery extends TargetQuery {
  readonly quantiles: string;
}

const seriesSchema: SchemaOf<SeriesQuery> = Type.Object(
  {
    ...targetParams,
    quantiles: Type.String({ default: '0.5,0.95,0.99', maxLength: 256, description: 'Between 0 and 1, with commas.' }),
  },
  { additionalProperties: false },
);

export const seriesAnswer: TSchema = answer({
  ...headed,
  stepSeconds: count,
  columns: Type.Array(
    answer({
      time: timeText,
      calls: count,
      errors: count,
      errorRate: nullable(Type.Number({ minimum: 0, maximum: 1, description: 'Null where there was no call.' })),
      callsPerSecond: Type.Number({ minimum: 0 }),
      durationMs: durations,
    }),
    { description: 'Every step of the window that has begun, those without calls, too.' },
  ),
});

/** Figures over time, as lines are drawn of them. */
export function seriesRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: SeriesQuery }>(
      '/series',
      {
        schema: {
          summary: 'Calls, errors and percentiles over time',
          querystring: seriesSchema,
          response: responses(seriesAnswer),
        },
      },
      async (request, reply) => {
        const { query } = request;
        const nowMs = api.clock.now();
        const target = parseTarget(query, nowMs, api.config);
        if (!target.ok) return sendApiError(reply, 400, target.error);
        const quantiles = parseQuantiles(query.quantiles);
        if (!quantiles.ok) return sendApiError(reply, 400, invalid('quantiles', quantiles.error));
        const bound = api.bound(request);
        const complete = await api.complete(bound);
        const columns = await readColumns(bound, query, target.value);
        return {
          ...head(target.value, complete),
          stepSeconds: target.value.stepMinutes * 60,
          columns: seriesOf(columns, { ...target.value, nowMs, quantiles: quantiles.value }),
        };
      },
    );
  };
}

interface SeriesOptions extends HeatmapWindow {
  readonly nowMs: number;
  readonly quantiles: readonly Quantile[];
}

/** A step for each of the window up to now. Rates are over the part of a step that lies in both. */
export function seriesOf(
  found: readonly HeatmapColumn[],
  { fromMinute, toMinute, stepMinutes, nowMs, quantiles }: SeriesOptions,
): object[] {
  const byMinute = new Map(found.map((column) => [column.minute, column]));
  const first = Math.floor(fromMinute / stepMinutes) * stepMinutes;
  const endMs = Math.min(toMinute * 60_000, Math.max(nowMs, fromMinute * 60_000 + 1000));
  const columns: object[] = [];
  for (let minute = first; minute * 60_000 < endMs; minute += stepMinutes) {
    const { calls = 0, errors = 0, histogram = new Map<number, number>() } = byMinute.get(minute) ?? {};
    const partMs = Math.min((minute + stepMinutes) * 60_000, endMs) - Math.max(minute, fromMinute) * 60_000;
    columns.push({
      time: rfc3339Seconds(minute * 60_000),
      calls,
      errors,
      errorRate: calls > 0 ? Math.min(1, errors / calls) : null,
      callsPerSecond: Number(((calls * 1000) / Math.max(1000, partMs)).toPrecision(4)),
      durationMs: durationsMs(histogram, quantiles),
    });
  }
  return columns;
}
