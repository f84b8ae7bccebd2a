import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { attributeShares, firstAppendOf, operationShares, serviceDays, storedDays, storeStats } from '@spanloom/store';
import { answer, completeness, count, nullable, responses, service } from './answers.ts';
import type { Api } from './api.ts';
import { completeHead } from './head.ts';
import type { SchemaOf } from './schemas.ts';
import { projectionOf, sharesOf } from './storage-share.ts';

interface StorageQuery {
  readonly days: number;
  readonly limit: number;
}

const storageSchema: SchemaOf<StorageQuery> = Type.Object(
  {
    days: Type.Integer({ minimum: 1, maximum: 366, default: 7, description: 'How many days back, today included.' }),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 20, description: 'Of attributes and operations.' }),
  },
  { additionalProperties: false },
);

const day: TSchema = Type.String({ format: 'date', description: 'In UTC, of when traces were finished.' });

export const storageAnswer: TSchema = answer({
  ...completeness,
  tables: Type.Array(
    answer({ table: Type.String(), rows: count, bytesOnDisk: count, bytesUncompressed: count, parts: count }),
    { description: 'The largest first.' },
  ),
  bytesOnDisk: count,
  days: Type.Array(
    answer({
      day,
      spans: count,
      traceBytes: Type.Integer({ minimum: 0, description: 'Spans, fragments and resources, on disk.' }),
      figureBytes: Type.Integer({ minimum: 0, description: 'Figures by minute, on disk.' }),
      services: Type.Array(
        answer({
          service,
          spans: count,
          bytes: Type.Integer({ minimum: 0, description: 'Its share of `traceBytes`, estimated.' }),
        }),
      ),
    }),
    { description: 'Oldest first.' },
  ),
  spanCount: count,
  sampledSpans: Type.Integer({ minimum: 0, description: 'From which attributes and operations are estimated.' }),
  attributes: Type.Array(
    answer({
      key: Type.String(),
      spans: count,
      bytes: Type.Integer({ minimum: 0, description: 'Of keys and values before they are compressed.' }),
    }),
    { description: 'Of spans, the largest first.' },
  ),
  operations: Type.Array(
    answer({
      service,
      operation: Type.String(),
      spans: count,
      bytes: Type.Integer({ minimum: 0, description: 'Of its spans before they are compressed.' }),
    }),
    { description: 'The largest first.' },
  ),
  retention: answer({ traceDays: Type.Number(), minuteDays: Type.Number() }),
  projection: nullable(
    answer(
      {
        basedOnDays: Type.Integer({ minimum: 0, description: '0: what today comes to so far.' }),
        traceBytesPerDay: count,
        figureBytesPerDay: count,
        bytesOnDisk: count,
      },
      'What the disk holds when every day is like the last ones.',
    ),
  ),
});

const dayMs = 86_400_000;
/** Enough that what has one part in a thousand is right within a tenth. */
const sampleSpans = 200_000;
/** Of the sample: what is beyond these is taken to be like the others. */
const maxOperations = 5000;
const byDay = new Set([
  'spans_data',
  'fragments_data',
  'resources_data',
  'edges_minute_data',
  'operations_minute_data',
]);

/** What is stored, whose it is, and what it comes to. */
export function storageRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: StorageQuery }>(
      '/storage',
      {
        schema: {
          summary: 'What is stored, and what it takes',
          querystring: storageSchema,
          response: responses(storageAnswer),
        },
      },
      async (request) => {
        const { days: daysAsked, limit } = request.query;
        const bound = api.bound(request);
        const nowMs = api.clock.now();
        const toDay = Math.floor(nowMs / dayMs);
        const fromDay = toDay - daysAsked + 1;
        const complete = await api.complete(bound);
        const tables = await storeStats(bound);
        const allDays = await storedDays(bound);
        const services = await serviceDays(bound, { fromDay, toDay });
        const spanCount = services.reduce((sum, each) => sum + each.spans, 0);
        const sample = { fromDay, toDay, oneIn: Math.max(1, Math.floor(spanCount / sampleSpans)) };
        const operations = await operationShares(bound, { ...sample, limit: maxOperations });
        const sampledSpans = operations.reduce((sum, each) => sum + each.spans, 0);
        const scaled = (amount: number): number =>
          sampledSpans === 0 ? 0 : Math.round((amount * spanCount) / sampledSpans);
        const attributes = await attributeShares(bound, { ...sample, limit });
        const perDay = projectionOf(allDays, nowMs, await firstAppendOf(bound, toDay));
        const { traceRetentionMs, minuteRetentionMs } = api.config;
        const [traceDays, minuteDays] = [traceRetentionMs / dayMs, minuteRetentionMs / dayMs];
        const others = tables.reduce((sum, { table, bytesOnDisk }) => sum + (byDay.has(table) ? 0 : bytesOnDisk), 0);
        return {
          ...completeHead(complete),
          tables: tables.toSorted((a, b) => b.bytesOnDisk - a.bytesOnDisk),
          bytesOnDisk: tables.reduce((sum, table) => sum + table.bytesOnDisk, 0),
          days: allDays
            .filter((each) => each.day >= fromDay && each.day <= toDay)
            .map(({ day: at, ...bytes }) => {
              const own = services.filter((each) => each.day === at);
              return {
                day: new Date(at * dayMs).toISOString().slice(0, 10),
                spans: own.reduce((sum, each) => sum + each.spans, 0),
                ...bytes,
                services: sharesOf(own, bytes.traceBytes, operations),
              };
            }),
          spanCount,
          sampledSpans,
          attributes: attributes.map(({ key, spans, bytes }) => ({ key, spans: scaled(spans), bytes: scaled(bytes) })),
          operations: operations
            .slice(0, limit)
            .map((each) => ({ ...each, spans: scaled(each.spans), bytes: scaled(each.bytes) })),
          retention: { traceDays, minuteDays },
          projection: perDay && {
            ...perDay,
            bytesOnDisk: Math.round(
              perDay.traceBytesPerDay * traceDays + perDay.figureBytesPerDay * minuteDays + others,
            ),
          },
        };
      },
    );
  };
}
