/** The answers of Spanloom's own API, as its document shows them and its tests check them. */
import { Type, type TSchema } from '@sinclair/typebox';
import { errorCodes, notFoundReasons } from './error.ts';

/** An object that has these, and nothing else. */
export function answer(properties: Record<string, TSchema>, description?: string): TSchema {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

export function nullable(schema: TSchema): TSchema {
  return Type.Union([schema, Type.Null()]);
}

export const timeText: TSchema = Type.String({ format: 'date-time', description: 'RFC 3339, UTC.' });
export const traceIdText: TSchema = Type.String({ pattern: '^[0-9a-f]{32}$' });
export const spanIdText: TSchema = Type.String({ pattern: '^[0-9a-f]{16}$' });
export const count: TSchema = Type.Integer({ minimum: 0 });
export const milliseconds: TSchema = Type.Number({ minimum: 0 });
/** `p50`, `p95`, … as asked for, and `max`. */
export const durations: TSchema = nullable(Type.Record(Type.String(), milliseconds));

export const service: TSchema = answer({
  environment: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
});

const errorAnswer: TSchema = answer({
  error: answer({
    code: Type.Union(errorCodes.map((code) => Type.Literal(code))),
    message: Type.String(),
    parameter: nullable(Type.String({ description: 'The parameter at fault.' })),
    from: Type.Optional(
      Type.Integer({ description: 'Of an `invalid_query`: where in the parameter, in UTF-16 units.' }),
    ),
    to: Type.Optional(Type.Integer({ description: 'Exclusive.' })),
    expected: Type.Optional(Type.Array(Type.String(), { description: 'What could stand there.' })),
    nearest: Type.Optional(nullable(Type.String({ description: 'The valid word nearest to what stands there.' }))),
    reason: Type.Optional(
      Type.Union(
        notFoundReasons.map((reason) => Type.Literal(reason)),
        { description: 'Of a trace that is `not_found`.' },
      ),
    ),
    retentionDays: Type.Optional(Type.Number({ description: 'For how long traces are kept, with `reason`.' })),
  }),
});

/** The `response` of a route: its answer, and the errors that any route may give. */
export function responses(ok: TSchema, more: Record<string, string> = {}): Record<string, TSchema> {
  const errors = {
    400: 'A parameter cannot be used.',
    422: 'It takes more than a query may: ask for less.',
    500: 'Our fault.',
    503: 'The store cannot answer now: try again.',
    504: 'It took too long: ask for less.',
    ...more,
  };
  const described = Object.entries(errors).map(([status, description]) => [status, { ...errorAnswer, description }]);
  return { 200: ok, ...Object.fromEntries(described) };
}

export const completeness: Readonly<Record<string, TSchema>> = {
  completeTo: nullable(Type.String({ description: 'Every span acknowledged before it is in the answer.' })),
  behind: Type.Array(answer({ partition: count, streamTime: nullable(timeText) }), {
    description: 'Partitions that `completeTo` does not count.',
  }),
};

/** How answers with figures begin. */
export const headed: Readonly<Record<string, TSchema>> = { from: timeText, to: timeText, ...completeness };

export const summary: TSchema = answer({
  traceId: traceIdText,
  root: nullable(answer({ service, operation: Type.String() })),
  startTime: timeText,
  durationMs: milliseconds,
  spanCount: count,
  errorCount: count,
  services: Type.Array(Type.String()),
  complete: Type.Boolean(),
  fragmentCount: count,
});
