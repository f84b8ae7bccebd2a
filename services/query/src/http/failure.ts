import { StoreError } from '@spanloom/store';

/** What a request that failed through no fault of its own is answered with. */
export interface Failure {
  readonly status: 500 | 503 | 504;
  readonly code: 'internal' | 'unavailable' | 'timeout';
  readonly message: string;
}

/** `error` is what a handler threw, or fastify's own error at its time limit. */
export function failureOf(error: unknown, signal: AbortSignal, timeoutMs: number): Failure {
  if (signal.aborted || hasCode(error, 'FST_ERR_HANDLER_TIMEOUT')) {
    return { status: 504, code: 'timeout', message: `The answer took longer than ${timeoutMs} ms. Ask for less.` };
  }
  if (isRetryable(error)) {
    return { status: 503, code: 'unavailable', message: 'The store cannot answer now. Try again in a moment.' };
  }
  return { status: 500, code: 'internal', message: 'This is our fault. The log of the query service says more.' };
}

function isRetryable(error: unknown): boolean {
  if (error instanceof StoreError) return error.retryable;
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
