import { StoreError } from '@spanloom/store';
import { failureOf } from '../http/failure.ts';
import type { QueryConfig } from '../options.ts';
import { TooManyTracesError } from '../search/search.ts';
import type { ApiError } from './error.ts';

/** An error that is answered, and whether the log should say more. */
export interface Failed {
  readonly status: number;
  readonly error: ApiError;
  readonly logged: boolean;
}

/** What a handler's rejection is answered with: some of it whoever asked can mend. */
export function failedBy(error: unknown, signal: AbortSignal, config: QueryConfig): Failed {
  if (error instanceof TooManyTracesError) return tooMuch(error.message);
  if (error instanceof StoreError && !signal.aborted) {
    const { maxExecutionSeconds, maxRowsToRead, maxMemoryBytes } = config.queryLimits;
    const limits = `${maxExecutionSeconds} s, ${maxRowsToRead} rows read or ${Math.round(maxMemoryBytes / 2 ** 20)} MiB`;
    if (error.fault === 'exceeded') return tooMuch(`This takes more than ${limits}.`);
    if (error.fault === 'pattern') {
      const message = `A text after ~ is no regular expression of RE2: ${patternFault(error.message)}.`;
      const rest = { from: 0, to: 0, expected: [], nearest: null };
      return { status: 400, error: { code: 'invalid_query', message, parameter: 'q', ...rest }, logged: false };
    }
  }
  const { status, code, message } = failureOf(error, signal, config.requestTimeoutMs);
  return { status, error: { code, message, parameter: null }, logged: true };
}

function tooMuch(what: string): Failed {
  const message = `${what} Ask for a shorter window, or add a condition.`;
  return { status: 422, error: { code: 'too_much', message, parameter: null }, logged: false };
}

/** ClickHouse says `cannot compile re2: <pattern>, error: <what>. Look at https://…`. */
function patternFault(message: string): string {
  return /, error: (.*?)\. Look at http/s.exec(message)?.[1] ?? 'it cannot be compiled';
}
