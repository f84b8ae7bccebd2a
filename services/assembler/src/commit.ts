import type { Mark } from '@spanloom/assembly';
import { type Result, err, ok } from '@spanloom/span';

/** What an assembler's commit says beside the offset. */
export interface CommitMetadata {
  /** The smallest position of `traces` that may hold a chunk at or beyond the committed offset. */
  readonly traces: number;
  /** Stream time at the committed offset, Unix milliseconds. */
  readonly streamTimeMs: number;
}

/** `t` and `s` as JSON: Kafka keeps the metadata as a short string. */
export function encodeMetadata(lowest: Mark, traces: number): string {
  return JSON.stringify({ t: traces, s: lowest.streamTimeMs });
}

/** Bad metadata is an operator's doing: the reader then takes the safe side and reads everything. */
export function decodeMetadata(text: string): Result<CommitMetadata, string> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 't' in parsed && 's' in parsed) {
      const { t, s } = parsed;
      if (Number.isSafeInteger(t) && Number.isSafeInteger(s)) {
        return ok({ traces: t as number, streamTimeMs: s as number });
      }
    }
  } catch {
    return err(`not JSON: ${text}`);
  }
  return err(`not a position: ${text}`);
}
