import { FieldWriter } from '../protobuf/writer.ts';

/** A `google.rpc.Status`. */
export interface RpcStatus {
  /** A `google.rpc.Code`: 3 invalid argument, 8 resource exhausted, 13 internal, 14 unavailable. */
  readonly code: number;
  readonly message: string;
  /** Adds a `google.rpc.RetryInfo`: when to try again, in milliseconds. */
  readonly retryAfterMs?: number;
}

const retryInfoUrl = 'type.googleapis.com/google.rpc.RetryInfo';

/**
 * Status    = code:1 int32, message:2 string, details:3 Any*
 * Any       = type_url:1 string, value:2 bytes
 * RetryInfo = retry_delay:1 Duration
 * Duration  = seconds:1 int64, nanos:2 int32
 */
export function encodeStatus({ code, message, retryAfterMs }: RpcStatus): Uint8Array {
  const out = new FieldWriter(128 + message.length);
  if (code !== 0) out.uint(1, code);
  if (message !== '') out.string(2, message);
  if (retryAfterMs === undefined) return out.finish();
  out.message(3, () => {
    out.string(1, retryInfoUrl);
    out.message(2, () => {
      out.message(1, () => {
        out.uint(1, Math.floor(retryAfterMs / 1000));
        out.uint(2, Math.floor((retryAfterMs % 1000) * 1_000_000));
      });
    });
  });
  return out.finish();
}

/** The same in protobuf's JSON mapping, for `JSON.stringify`. */
export function statusToJson({ code, message, retryAfterMs }: RpcStatus): object {
  if (retryAfterMs === undefined) return { code, message };
  return { code, message, details: [{ '@type': retryInfoUrl, retryDelay: `${retryAfterMs / 1000}s` }] };
}
