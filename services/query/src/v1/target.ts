/** What figures over time are asked of: an operation, a service, or the calls of an edge; and in which steps. */
import { Type, type TSchema } from '@sinclair/typebox';
import { err, ok, type EdgeKind, type Result } from '@spanloom/span';
import { edgeHeatmap, operationHeatmap } from '@spanloom/store';
import type { HeatmapColumn, HeatmapWindow, ReadClient } from '@spanloom/store';
import { kindNames } from '../search/fields.ts';
import { invalid, type ApiError } from './error.ts';
import type { Params } from './schemas.ts';
import type { Kept, Window } from './time.ts';
import { parseFigures } from './window.ts';

export interface TargetQuery {
  readonly from: string;
  readonly to: string;
  readonly step?: string;
  readonly environment?: string;
  readonly service?: string;
  readonly spanKind?: string;
  readonly client?: string;
  readonly server?: string;
  readonly kind?: EdgeKind;
  readonly operation?: string;
  readonly side: 'client' | 'server';
}

const name = (description: string): TSchema & { static: string } => Type.String({ maxLength: 1024, description });

export const targetParams: Params<TargetQuery> = {
  from: Type.String({ default: 'now-1h', maxLength: 64, description: 'RFC 3339, or relative: now-15m, now-1h.' }),
  to: Type.String({ default: 'now', maxLength: 64, description: 'The end, exclusive; as `from`.' }),
  step: Type.Optional(
    Type.String({ maxLength: 16, description: 'Of a column: 1m, 15m, 1h, 1d; at most 60 by default.' }),
  ),
  environment: Type.Optional(name('Only this environment, of the server side where there are two.')),
  service: Type.Optional(name('The spans of this service; or, in its place, `server`.')),
  spanKind: Type.Optional(
    Type.Union(
      kindNames.map((each) => Type.Literal(each)),
      { description: 'Of the spans of `service`.' },
    ) as TSchema & { static: string },
  ),
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
};

/** The window and the step of the target, or why it is none. */
export function parseTarget(query: TargetQuery, nowMs: number, kept: Kept): Result<HeatmapWindow, ApiError> {
  const params = parseFigures({ ...query, step: '1m', quantiles: '0.5' }, nowMs, kept);
  if (!params.ok) return params;
  const { window } = params.value;
  const stepMinutes = parseStep(query.step, window);
  if (!stepMinutes.ok) return stepMinutes;
  const wrong = wrongTarget(query);
  return wrong === null ? ok({ ...window, stepMinutes: stepMinutes.value }) : err(wrong);
}

function wrongTarget({ service, client, server, spanKind }: TargetQuery): ApiError | null {
  if (service === undefined && server === undefined) return invalid('service', 'Name a `service`, or a `server`.');
  if (service !== undefined && (server ?? client) !== undefined) {
    return invalid('service', 'A `service` goes without `client` and `server`.');
  }
  if (service === undefined && spanKind !== undefined) {
    return invalid('spanKind', '`spanKind` goes with a `service`; a call has a `kind`.');
  }
  return null;
}

/** The steps of the target that have calls. */
export async function readColumns(
  bound: ReadClient,
  query: TargetQuery,
  window: HeatmapWindow,
): Promise<HeatmapColumn[]> {
  const { service, client, server = '', kind, spanKind, operation, environment, side } = query;
  const also = {
    ...(operation === undefined ? {} : { operation }),
    ...(environment === undefined ? {} : { environment }),
  };
  if (service !== undefined) {
    const ofKind = spanKind === undefined ? {} : { kind: kindNames.indexOf(spanKind) };
    return await operationHeatmap(bound, { ...window, service, ...also, ...ofKind });
  }
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
  if (minutes / step > maxColumns) return err(invalid('step', `At most ${maxColumns} columns can be asked for.`));
  return ok(step);
}
