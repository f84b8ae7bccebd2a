import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { err, histogramCount, ok, type EdgeKind, type Histogram, type Result } from '@spanloom/span';
import {
  edgeHeatmap,
  operationHeatmap,
  type HeatmapColumn,
  type HeatmapWindow,
  type ReadClient,
} from '@spanloom/store';
import { answer, count, headed, milliseconds, nullable, responses, timeText, traceIdText } from './answers.ts';
import type { Api } from './api.ts';
import { invalid, sendApiError, type ApiError } from './error.ts';
import { head } from './head.ts';
import type { SchemaOf } from './schemas.ts';
import { rfc3339Seconds, type Window } from './time.ts';
import { parseFigures } from './window.ts';

interface HeatmapQuery {
  readonly from: string;
  readonly to: string;
  readonly step?: string;
  readonly environment?: string;
  readonly service?: string;
  readonly client?: string;
  readonly server?: string;
  readonly kind?: EdgeKind;
  readonly operation?: string;
  readonly side: 'client' | 'server';
  readonly rows: 1 | 2 | 4 | 8 | 16 | 32;
}

const name = (description: string): TSchema & { static: string } => Type.String({ maxLength: 1024, description });

const heatmapSchema: SchemaOf<HeatmapQuery> = Type.Object(
  {
    from: Type.String({ default: 'now-1h', maxLength: 64, description: 'RFC 3339, or relative: now-15m, now-1h.' }),
    to: Type.String({ default: 'now', maxLength: 64, description: 'The end, exclusive; as `from`.' }),
    step: Type.Optional(
      Type.String({ maxLength: 16, description: 'Of a column: 1m, 15m, 1h, 1d; at most 60 by default.' }),
    ),
    environment: Type.Optional(name('Only this environment, of the server side where there are two.')),
    service: Type.Optional(name('The spans of this service; or, in its place, `server`.')),
    client: Type.Optional(name('Calls from this service; without it, calls from outside.')),
    server: Type.Optional(name('Calls to this service, database, queue or host.')),
    kind: Type.Optional(
      Type.Union(
        [
          Type.Literal('rpc'),
          Type.Literal('messaging'),
          Type.Literal('database'),
          Type.Literal('external'),
          Type.Literal('entry'),
        ],
        { description: 'Of the call.' },
      ),
    ),
    operation: Type.Optional(name('Of the service, or of the server side.')),
    side: Type.Union([Type.Literal('server'), Type.Literal('client')], {
      default: 'server',
      description: 'Whose durations of a call.',
    }),
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
        const params = parseFigures({ ...query, step: '1m', quantiles: '0.5' }, api.clock.now(), api.config);
        if (!params.ok) return sendApiError(reply, 400, params.error);
        const { window } = params.value;
        const step = parseStep(query.step, window);
        if (!step.ok) return sendApiError(reply, 400, step.error);
        const wrong = wrongTarget(query);
        if (wrong !== null) return sendApiError(reply, 400, wrong);
        const bound = api.bound(request);
        const complete = await api.complete(bound);
        const columns = await readColumns(bound, query, { ...window, stepMinutes: step.value });
        return {
          ...head(window, complete),
          stepSeconds: step.value * 60,
          ...gridOf(columns, bucketsPerDoubling / query.rows),
        };
      },
    );
  };
}

function wrongTarget({ service, client, server }: HeatmapQuery): ApiError | null {
  if (service === undefined && server === undefined) return invalid('service', 'Name a `service`, or a `server`.');
  if (service !== undefined && (server ?? client) !== undefined) {
    return invalid('service', 'A `service` goes without `client` and `server`.');
  }
  return null;
}

async function readColumns(bound: ReadClient, query: HeatmapQuery, window: HeatmapWindow): Promise<HeatmapColumn[]> {
  const { service, client, server = '', kind, operation, environment, side } = query;
  const also = {
    ...(operation === undefined ? {} : { operation }),
    ...(environment === undefined ? {} : { environment }),
  };
  if (service !== undefined) return await operationHeatmap(bound, { ...window, service, ...also });
  return await edgeHeatmap(bound, {
    ...window,
    server,
    side,
    ...also,
    ...(client === undefined ? {} : { client }),
    ...(kind === undefined ? {} : { kind }),
  });
}

const stepsMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 10_080];
const unitMinutes: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };
const maxColumns = 1500;

function parseStep(text: string | undefined, { fromMinute, toMinute }: Window): Result<number, ApiError> {
  const minutes = toMinute - fromMinute;
  if (text === undefined) return ok(stepsMinutes.find((step) => minutes / step <= 60) ?? Math.ceil(minutes / 60));
  const groups = /^(?<amount>[1-9]\d{0,5})(?<unit>[mhd])$/.exec(text)?.groups;
  const step = Number(groups?.['amount']) * (unitMinutes[groups?.['unit'] ?? ''] ?? Number.NaN);
  if (Number.isNaN(step)) return err(invalid('step', `${JSON.stringify(text)} is no step: use 1m, 15m, 1h or 1d.`));
  if (minutes / step > maxColumns) return err(invalid('step', `A heatmap has at most ${maxColumns} columns.`));
  return ok(step);
}

/** Rows of `width` buckets each, from the fastest call to the slowest one. */
function gridOf(columns: readonly HeatmapColumn[], width: number): object {
  const rowOf = (bucket: number): number => Math.floor(bucket / width);
  const rows = columns.flatMap(({ histogram }) => [...histogram.keys()].map(rowOf));
  const first = rows.reduce((least, row) => Math.min(least, row), Number.POSITIVE_INFINITY);
  const last = rows.reduce((most, row) => Math.max(most, row), Number.NEGATIVE_INFINITY);
  const rowCount = rows.length === 0 ? 0 : last - first + 1;
  return {
    rows: Array.from({ length: rowCount }, (_, at) => ({
      fromMs: boundMs((first + at) * width),
      toMs: boundMs((first + at + 1) * width),
    })),
    columns: columns.map((column) => ({
      time: rfc3339Seconds(column.minute * 60_000),
      calls: column.calls,
      errors: column.errors,
      cells: cellsOf(column.histogram, (bucket) => rowOf(bucket) - first),
      slowest:
        column.slowest === null
          ? null
          : { traceId: column.slowest.traceId, durationMs: column.slowest.durationNs / 1e6 },
      failed: column.failed,
    })),
  };
}

function cellsOf(histogram: Histogram, rowOf: (bucket: number) => number): [number, number][] {
  const cells = new Map<number, Histogram>();
  for (const [bucket, times] of histogram) {
    const row = rowOf(bucket);
    cells.set(row, (cells.get(row) ?? new Map()).set(bucket, times));
  }
  return [...cells].map(([row, own]): [number, number] => [row, histogramCount(own)]).toSorted(([a], [b]) => a - b);
}

/** Where a bucket begins: it holds durations above this. The lowest one, -1, begins at 0. */
function boundMs(bucket: number): number {
  return bucket < 0 ? 0 : Number((2 ** (bucket / bucketsPerDoubling) / 1e6).toPrecision(6));
}
