import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import type { Bounds, Topic } from '@spanloom/log';
import { err, ok, type Result } from '@spanloom/span';
import { fragmentFigures, lastAudit, positions, type FragmentFigures, type Position } from '@spanloom/store';
import { answer, completeness, count, nullable, responses, timeText } from './answers.ts';
import type { Api } from './api.ts';
import { auditAnswer, auditAnswerOf } from './audit.ts';
import { invalid, sendApiError, type ApiError } from './error.ts';
import { completeHead, completenessOf } from './head.ts';
import { openFiguresAnswer, openFiguresOf } from './open-figures.ts';
import type { SchemaOf } from './schemas.ts';
import { parseTime, rfc3339Seconds } from './time.ts';

interface PipelineQuery {
  readonly from: string;
  readonly to: string;
}

const pipelineSchema: SchemaOf<PipelineQuery> = Type.Object(
  {
    from: Type.String({ default: 'now-1h', maxLength: 64, description: 'RFC 3339, or relative: now-15m, now-1h.' }),
    to: Type.String({ default: 'now', maxLength: 64, description: 'The end, exclusive; as `from`.' }),
  },
  { additionalProperties: false },
);

const figures = {
  spans: count,
  errors: count,
  fragments: Type.Integer({ minimum: 0, description: 'Finished traces, and pieces that came later.' }),
  complete: Type.Integer({ minimum: 0, description: 'Traces that were whole when they were closed.' }),
  incomplete: count,
  late: Type.Integer({ minimum: 0, description: 'Pieces that came after their trace was closed.' }),
  duplicateSpans: count,
  unlinked: count,
  timeShifted: count,
  truncated: count,
};
const bounds: TSchema = answer({ low: count, high: count }, 'Offsets that the log holds: low ≤ offset < high.');

export const pipelineAnswer: TSchema = answer({
  from: timeText,
  to: timeText,
  ...completeness,
  stream: Type.String(),
  partitions: Type.Array(
    answer({
      partition: count,
      spans: nullable(bounds),
      traces: nullable(bounds),
      unfinished: nullable(
        Type.Integer({ minimum: 0, description: 'Records of `spans` that are not in `traces`: unread, or open.' }),
      ),
      unstored: nullable(Type.Integer({ minimum: 0, description: 'Records of `traces` that are not stored yet.' })),
      open: openFiguresAnswer,
      streamTime: nullable(timeText),
      lagSeconds: nullable(Type.Number({ minimum: 0, description: 'How far stream time is behind the clock.' })),
    }),
  ),
  deadLetters: nullable(
    Type.Integer({ minimum: 0, description: 'Records of `spans.dlq`; null where it cannot be read.' }),
  ),
  lastAudit: auditAnswer,
  totals: answer({ ...figures, spansPerSecond: Type.Number({ minimum: 0 }) }),
  reasons: Type.Array(answer({ reason: Type.String(), fragments: count, complete: count, incomplete: count }), {
    description: 'Why traces were closed, the commonest first.',
  }),
  stepSeconds: count,
  columns: Type.Array(answer({ time: timeText, ...figures, spansPerSecond: Type.Number({ minimum: 0 }) }), {
    description: 'Every step of the window that has begun.',
  }),
});

/** How the pipeline fares: where each partition is, and what came through. */
export function pipelineRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: PipelineQuery }>(
      '/pipeline',
      {
        schema: { summary: 'How the pipeline fares', querystring: pipelineSchema, response: responses(pipelineAnswer) },
      },
      async (request, reply) => {
        const nowMs = api.clock.now();
        const window = parseWindow(request.query, nowMs);
        if (!window.ok) return sendApiError(reply, 400, window.error);
        const { fromMs, toMs } = window.value;
        const bound = api.bound(request);
        const stored = (await positions(bound)).filter((each) => each.stream === api.stream.id);
        const stepSeconds = stepOf(toMs - fromMs);
        const found = await fragmentFigures(bound, { stream: api.stream.id, fromMs, toMs, stepSeconds });
        const endMs = Math.max(fromMs, Math.min(toMs, nowMs));
        return {
          from: new Date(fromMs).toISOString(),
          to: new Date(toMs).toISOString(),
          ...completeHead(completenessOf(stored, api.stream, api.config.maxTraceAgeMs)),
          stream: api.stream.id,
          partitions: await Promise.all(
            Array.from({ length: api.stream.partitions }, async (_, partition) =>
              partitionAnswer(
                api,
                stored.find((each) => each.partition === partition),
                partition,
                nowMs,
              ),
            ),
          ),
          lastAudit: auditAnswerOf(await lastAudit(bound, api.stream.id)),
          deadLetters: held(await boundsOf(api, 'spans.dlq', 0)),
          totals: withRate(sumOf(found), endMs - fromMs),
          reasons: reasonsOf(found),
          stepSeconds,
          columns: columnsOf(found, { fromMs, endMs, stepSeconds }),
        };
      },
    );
  };
}

interface WindowMs {
  readonly fromMs: number;
  readonly toMs: number;
}

function parseWindow(query: PipelineQuery, nowMs: number): Result<WindowMs, ApiError> {
  const from = parseTime(query.from, nowMs);
  if (!from.ok) return err(invalid('from', from.error));
  const to = parseTime(query.to, nowMs);
  if (!to.ok) return err(invalid('to', to.error));
  if (from.value >= to.value) return err(invalid('to', '`to` must be later than `from`.'));
  return ok({ fromMs: from.value, toMs: to.value });
}

async function partitionAnswer(
  api: Api,
  position: Position | undefined,
  partition: number,
  nowMs: number,
): Promise<object> {
  const [spans, traces] = [await boundsOf(api, 'spans', partition), await boundsOf(api, 'traces', partition)];
  const streamTimeMs = position?.watermark.streamTimeMs ?? 0;
  return {
    partition,
    spans,
    traces,
    unfinished: spans && Math.max(0, spans.high - Math.max(spans.low, position?.watermark.offset ?? 0)),
    unstored: traces && Math.max(0, traces.high - Math.max(traces.low, position?.b ?? 0)),
    open: await openFiguresOf(api, partition, position?.watermark.offset ?? 0),
    streamTime: streamTimeMs === 0 ? null : rfc3339Seconds(streamTimeMs),
    lagSeconds: streamTimeMs === 0 ? null : Math.max(0, nowMs - streamTimeMs) / 1000,
  };
}

/** Null where the log does not say: it may be away, or not ours to look at. */
async function boundsOf({ log, logger }: Api, topic: Topic, partition: number): Promise<Bounds | null> {
  try {
    return await log.bounds(topic, partition);
  } catch (error) {
    logger.error({ err: error, topic, partition }, 'the bounds of a topic cannot be read');
    return null;
  }
}

function held(of: Bounds | null): number | null {
  return of && of.high - of.low;
}

const sums = [
  'spans',
  'errors',
  'fragments',
  'complete',
  'incomplete',
  'late',
  'duplicateSpans',
  'unlinked',
  'timeShifted',
  'truncated',
] as const;
type Sums = Readonly<Record<(typeof sums)[number], number>>;

function sumOf(rows: readonly FragmentFigures[]): Sums {
  return Object.fromEntries(sums.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)])) as Record<
    (typeof sums)[number],
    number
  >;
}

function withRate(figuresOf: Sums, lengthMs: number): object {
  const spansPerSecond = Number(((figuresOf.spans * 1000) / Math.max(1000, lengthMs)).toPrecision(4));
  return { ...figuresOf, spansPerSecond };
}

function reasonsOf(rows: readonly FragmentFigures[]): object[] {
  const byReason = new Map(rows.map(({ reason }) => [reason, rows.filter((row) => row.reason === reason)]));
  return [...byReason]
    .map(([reason, own]) => {
      const { fragments, complete, incomplete } = sumOf(own);
      return { reason, fragments, complete, incomplete };
    })
    .toSorted((a, b) => b.fragments - a.fragments);
}

const stepsSeconds = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 604_800];

/** For at most 60 columns. */
function stepOf(lengthMs: number): number {
  return stepsSeconds.find((step) => lengthMs / 1000 / step <= 60) ?? Math.ceil(lengthMs / 60_000);
}

/** A column for each step that has begun; rates are over the part of it that lies in the window. */
function columnsOf(
  rows: readonly FragmentFigures[],
  { fromMs, endMs, stepSeconds }: { fromMs: number; endMs: number; stepSeconds: number },
): object[] {
  const columns: object[] = [];
  const stepMs = stepSeconds * 1000;
  for (let atMs = Math.floor(fromMs / stepMs) * stepMs; atMs < endMs; atMs += stepMs) {
    const own = sumOf(rows.filter((row) => row.atSeconds * 1000 === atMs));
    const partMs = Math.min(atMs + stepMs, endMs) - Math.max(atMs, fromMs);
    columns.push({ time: rfc3339Seconds(atMs), ...withRate(own, partMs) });
  }
  return columns;
}
