import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import type { Buckets } from '@spanloom/span';
import type { HeatmapColumn } from '@spanloom/store';
import { answer, count, headed, milliseconds, nullable, responses, timeText, traceIdText } from './answers.ts';
import type { Api } from './api.ts';
import { sendApiError } from './error.ts';
import { head } from './head.ts';
import type { SchemaOf } from './schemas.ts';
import { parseTarget, readColumns, targetParams, type TargetQuery } from './target.ts';
import { rfc3339Seconds } from './time.ts';

interface HeatmapQuery extends TargetQuery {
  readonly rows: 1 | 2 | 4 | 8 | 16 | 32;
}

const heatmapSchema: SchemaOf<HeatmapQuery> = Type.Object(
  {
    ...targetParams,
    rows: Type.Union(
      [1, 2, 4, 8, 16, 32].map((each) => Type.Literal(each)),
      {
        default: 4,
        description: 'Rows for each doubling of the duration.',
      },
    ) as TSchema & { static: HeatmapQuery['rows'] },
  },
  { additionalProperties: false },
);

export const heatmapAnswer: TSchema = answer({
  ...headed,
  stepSeconds: count,
  rows: Type.Array(answer({ fromMs: milliseconds, toMs: milliseconds }), { description: 'Shortest durations first.' }),
  columns: Type.Array(
    answer({
      time: timeText,
      calls: count,
      errors: count,
      cells: Type.Array(Type.Array(count, { minItems: 2, maxItems: 2 }), {
        description: 'Pairs of a row, counted from 0, and how many calls took so long.',
      }),
      slowest: nullable(answer({ traceId: traceIdText, durationMs: milliseconds })),
      failed: nullable(traceIdText),
    }),
    { description: 'Steps without calls are left out.' },
  ),
});

const bucketsPerDoubling = 32;

export function heatmapRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: HeatmapQuery }>(
      '/heatmap',
      {
        schema: {
          summary: 'Durations of calls or operations over time',
          querystring: heatmapSchema,
          response: responses(heatmapAnswer),
        },
      },
      async (request, reply) => {
        const { query } = request;
        const target = parseTarget(query, api.clock.now(), api.config);
        if (!target.ok) return sendApiError(reply, 400, target.error);
        const bound = api.bound(request);
        const complete = await api.complete(bound);
        const columns = await readColumns(bound, query, target.value);
        return {
          ...head(target.value, complete),
          stepSeconds: target.value.stepMinutes * 60,
          ...gridOf(columns, bucketsPerDoubling / query.rows),
        };
      },
    );
  };
}

/** Rows of `width` buckets each, from the fastest call to the slowest one. */
function gridOf(columns: readonly HeatmapColumn[], width: number): object {
  const cells = columns.map(({ histogram }) => countsByRow(histogram, width));
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const counts of cells) {
    for (const row of counts.keys()) {
      first = Math.min(first, row);
      last = Math.max(last, row);
    }
  }
  const rowCount = Math.max(0, last - first + 1);
  return {
    rows: Array.from({ length: rowCount }, (_, at) => ({
      fromMs: boundMs((first + at) * width),
      toMs: boundMs((first + at + 1) * width),
    })),
    columns: columns.map((column, at) => ({
      time: rfc3339Seconds(column.minute * 60_000),
      calls: column.calls,
      errors: column.errors,
      cells: Array.from(cells[at] ?? [], ([row, count]) => [row - first, count] as const).sort(([a], [b]) => a - b),
      slowest:
        column.slowest === null
          ? null
          : { traceId: column.slowest.traceId, durationMs: column.slowest.durationNs / 1e6 },
      failed: column.failed,
    })),
  };
}

function countsByRow(histogram: Buckets, width: number): Map<number, number> {
  const counts = new Map<number, number>();
  histogram.forEach((count, bucket) => {
    const row = Math.floor(bucket / width);
    counts.set(row, (counts.get(row) ?? 0) + count);
  });
  return counts;
}

/** Where a bucket begins: it holds durations above this. The lowest one, -1, begins at 0. */
function boundMs(bucket: number): number {
  return bucket < 0 ? 0 : Number((2 ** (bucket / bucketsPerDoubling) / 1e6).toPrecision(6));
}
