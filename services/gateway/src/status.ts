import { type RpcStatus, encodeStatus, statusToJson } from '@spanloom/wire';

import { answerCodes } from './outcome.ts';
import type { Refused } from './outcome.ts';

/** The `google.rpc.Status` of a refusal, with a `RetryInfo` where there is a time to wait. */
export function statusBytes(refused: Refused): Uint8Array {
  return encodeStatus(statusOf(refused));
}

/** The same in ProtoJSON. */
export function statusJson(refused: Refused): object {
  return statusToJson(statusOf(refused));
}

function statusOf(refused: Refused): RpcStatus {
  const status = { code: answerCodes[refused.type].grpc, message: refused.message };
  return refused.type === 'overloaded' ? { ...status, retryAfterMs: refused.retryAfterMs } : status;
}
