import { err, ok, type Result, type TraceId } from '@spanloom/span';

/** As Jaeger writes a trace id: 16 digits where the high half is zero, 32 otherwise. */
export function jaegerTraceId(traceId: TraceId): string {
  return traceId.startsWith('0000000000000000') ? traceId.slice(16) : traceId;
}

/** A trace id as its users type it: hex of any length and case up to 32 digits, or base64 of 16 or 8 bytes. */
export function parseTraceId(text: string): Result<TraceId, string> {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return ok(text.toLowerCase().padStart(32, '0'));
  if (/^([A-Za-z0-9+/_-]{22}(==)?|[A-Za-z0-9+/_-]{11}=)$/.test(text)) {
    return ok(Buffer.from(text, 'base64').toString('hex').padStart(32, '0'));
  }
  if (text.length > 32) return err(`TraceID cannot be longer than 32 hex characters: ${text}`);
  return err('invalid length for TraceID');
}
