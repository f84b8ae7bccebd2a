import { StoreError } from '@spanloom/store';
import type { QueryConfig } from '../options.ts';

/** What a request that gets no answer is told, whichever API it asked. */
export interface Failure {
  readonly status: 422 | 500 | 503 | 504;
  readonly code: 'too_much' | 'internal' | 'unavailable' | 'timeout';
  readonly message: string;
  /** Whether the log should say more: not of what whoever asked can mend. */
  readonly logged: boolean;
}

/** `error` is what a handler threw, or fastify's own error at its time limit. */
export function failureOf(
  error: unknown,
  signal: AbortSignal,
  { requestTimeoutMs, queryLimits }: Pick<QueryConfig, 'requestTimeoutMs' | 'queryLimits'>,
): Failure {
  if (signal.aborted || hasCode(error, 'FST_ERR_HANDLER_TIMEOUT')) {
    const message = `The answer took longer than ${requestTimeoutMs} ms. Ask for less.`;
    return { status: 504, code: 'timeout', message, logged: true };
  }
  if (error instanceof StoreError && error.fault === 'exceeded') {
    const { maxExecutionSeconds, maxRowsToRead, maxMemoryBytes } = queryLimits;
    const memory = `${Math.round(maxMemoryBytes / 2 ** 20)} MiB`;
    return tooMuch(`This takes more than ${maxExecutionSeconds} s, ${maxRowsToRead} rows read or ${memory}.`);
  }
  if (isRetryable(error)) {
    const message = 'The store cannot answer now. Try again in a moment.';
    return { status: 503, code: 'unavailable', message, logged: true };
  }
  const message = 'This is our fault. The log of the query service says more.';
  return { status: 500, code: 'internal', message, logged: true };
}

/** Of a query that goes beyond its limits: `what` says which. */
export function tooMuch(what: string): Failure {
  const message = `${what} Ask for a shorter window, or add a condition.`;
  return { status: 422, code: 'too_much', message, logged: false };
}

function isRetryable(error: unknown): boolean {
  if (error instanceof StoreError) return error.retryable;
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
