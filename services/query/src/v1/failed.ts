import { StoreError } from '@spanloom/store';
import { failureOf, tooMuch, type Failure } from '../http/failure.ts';
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
  if (error instanceof TooManyTracesError) return failed(tooMuch(error.message));
  if (error instanceof StoreError && error.fault === 'pattern' && !signal.aborted) {
    const message = `A text after ~ is no regular expression of RE2: ${patternFault(error.message)}.`;
    const rest = { from: 0, to: 0, expected: [], nearest: null };
    return { status: 400, error: { code: 'invalid_query', message, parameter: 'q', ...rest }, logged: false };
  }
  return failed(failureOf(error, signal, config));
}

function failed({ status, code, message, logged }: Failure): Failed {
  return { status, error: { code, message, parameter: null }, logged };
}

/** ClickHouse says `cannot compile re2: <pattern>, error: <what>. Look at https://…`. */
function patternFault(message: string): string {
  return /, error: (.*?)\. Look at http/s.exec(message)?.[1] ?? 'it cannot be compiled';
}
