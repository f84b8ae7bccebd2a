import { Type, type TSchema } from '@sinclair/typebox';
import { answer, count, durations, headed, nullable, service, summary } from './answers.ts';

const levels: TSchema = answer(
  { days: count, hours: count, minutes: count },
  'How many windows of each level the answer was read from.',
);

/** Calls between services. Not closed: what a route splits its figures by is beside them. */
export const edgesAnswer: TSchema = Type.Object({
  ...headed,
  levels,
  edges: Type.Array(
    Type.Object({
      client: nullable(service),
      server: service,
      kind: Type.String(),
      operation: Type.Optional(Type.String()),
      calls: count,
      sampledCalls: count,
      clientErrors: count,
      serverErrors: count,
      unpaired: count,
      clientDurationMs: durations,
      serverDurationMs: durations,
    }),
  ),
});

export const operationsAnswer: TSchema = Type.Object({
  ...headed,
  levels,
  operations: Type.Array(
    Type.Object({
      service,
      operation: Type.String(),
      kind: Type.String(),
      calls: count,
      sampledCalls: count,
      errors: count,
      originErrors: count,
      durationMs: durations,
      selfTimeMs: Type.Number(),
      criticalPathMs: Type.Number(),
    }),
  ),
});

export const servicesAnswer: TSchema = Type.Object({ services: Type.Array(service) });

export const tracesAnswer: TSchema = Type.Object({ traces: Type.Array(summary) });
