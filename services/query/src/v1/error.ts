import type { FastifyReply } from 'fastify';
import type { QueryError } from '../search/lexer.ts';

export const errorCodes = [
  'invalid_parameter',
  'unknown_parameter',
  'invalid_query',
  'not_found',
  'too_much',
  'too_many',
  'internal',
  'unavailable',
  'timeout',
] as const;

export interface ApiError {
  readonly code: (typeof errorCodes)[number];
  readonly message: string;
  /** The parameter at fault; null where it is none. */
  readonly parameter: string | null;
  /** Of `invalid_query`: where in the parameter, in UTF-16 units, and what could stand there. */
  readonly from?: number;
  readonly to?: number;
  readonly expected?: readonly string[];
  readonly nearest?: string | null;
  /** Of a trace that is `not_found`: what is known of it, and for how many days traces are kept. */
  readonly reason?: NotFoundReason;
  readonly retentionDays?: number;
}

export const notFoundReasons = ['expired', 'never_seen', 'not_in_retention'] as const;
export type NotFoundReason = (typeof notFoundReasons)[number];

/** Every error of this API looks like this. */
export function sendApiError(reply: FastifyReply, status: number, error: ApiError): FastifyReply {
  return reply.code(status).type('application/json').send({ error });
}

export function invalid(parameter: string, message: string): ApiError {
  return { code: 'invalid_parameter', message, parameter };
}

export function invalidQuery(parameter: string, { message, from, to, expected, nearest }: QueryError): ApiError {
  return { code: 'invalid_query', message, parameter, from, to, expected, nearest };
}

/** One failed check of a schema, as ajv tells it. */
interface SchemaFailure {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Record<string, unknown>;
  readonly message?: string | undefined;
  readonly schema?: unknown;
}

/** What ajv found wrong with a query, in the words of its sender. */
export function schemaError(failures: readonly SchemaFailure[]): ApiError {
  const [failure] = failures;
  if (failure?.keyword === 'additionalProperties') {
    const parameter = String(failure.params['additionalProperty']);
    return {
      code: 'unknown_parameter',
      message: `There is no parameter ${JSON.stringify(parameter)} here.`,
      parameter,
    };
  }
  const parameter = failure?.instancePath.slice(1) ?? '';
  const choices = failures.flatMap((each) => (each.keyword === 'const' ? [String(each.params['allowedValue'])] : []));
  const message = choices.length > 0 ? `must be one of: ${choices.join(', ')}` : (failure?.message ?? 'is not valid');
  return invalid(parameter, `\`${parameter}\` ${message}.`);
}
