import { encodeStatus } from '@spanloom/wire';
import { answerCodes } from './outcome.ts';
import type { Refused } from './outcome.ts';

/** The `google.rpc.Status` of a refusal, with a `RetryInfo` where there is a time to wait. */
export function statusBytes(refused: Refused): Uint8Array {
  const status = { code: answerCodes[refused.type].grpc, message: refused.message };
  return encodeStatus(refused.type === 'overloaded' ? { ...status, retryAfterMs: refused.retryAfterMs } : status);
}

/** The same in ProtoJSON. */
export function statusJson(refused: Refused): object {
  const status = { code: answerCodes[refused.type].grpc, message: refused.message };
  if (refused.type !== 'overloaded') return status;
  const retryDelay = `${refused.retryAfterMs / 1000}s`;
  return {
    ...status,
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }],
  };
}
