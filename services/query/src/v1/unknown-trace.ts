import type { TraceId } from '@spanloom/span';
import { StoreError, traceTraces, type ReadClient, type TraceTraces } from '@spanloom/store';
import type { Api } from './api.ts';
import { invalid, type ApiError, type NotFoundReason } from './error.ts';

export const noTraceId: ApiError = invalid('id', 'A trace id has 1 to 32 hexadecimal digits, not all zero.');

const dayMs = 86_400_000;
/** It only says more of what is not here: not worth a long wait. */
const maxSeconds = 3;

/** What is answered to the id of a trace that nothing is known of, or nothing any more. */
export async function unknownTrace(
  { clock, config }: Pick<Api, 'clock' | 'config'>,
  bound: ReadClient,
  traceId: TraceId,
): Promise<ApiError> {
  const left = await traceTraces(bound, traceId, { maxExecutionSeconds: maxSeconds }).catch((error: unknown) => {
    if (error instanceof StoreError && error.fault === 'exceeded') return null;
    throw error;
  });
  const retentionDays = config.traceRetentionMs / dayMs;
  const reason = reasonOf(left, clock.now() - config.traceRetentionMs);
  return {
    code: 'not_found',
    message: messages[reason](traceId, retentionDays),
    parameter: 'id',
    reason,
    retentionDays,
  };
}

/** `keptSinceMs`: traces of days before this are gone. */
function reasonOf(left: TraceTraces | null, keptSinceMs: number): NotFoundReason {
  if (left === null) return 'not_in_retention';
  if (left.named) return 'expired';
  // Figures live longer than traces: where they go back no further, nothing was let go of yet.
  return left.oldestFiguresMs === null || left.oldestFiguresMs >= keptSinceMs ? 'never_seen' : 'not_in_retention';
}

const messages: Readonly<Record<NotFoundReason, (traceId: TraceId, days: number) => string>> = {
  expired: (id, days) => `The spans of trace ${id} are gone: traces are kept for ${days} days.`,
  never_seen: (id) => `No span of trace ${id} was ever seen.`,
  not_in_retention: (id, days) => `No span of trace ${id} was seen within ${days} days, for which traces are kept.`,
};
