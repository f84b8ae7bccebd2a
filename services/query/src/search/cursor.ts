import { createHash } from 'node:crypto';
import type { TracePlace, TraceSort } from '@spanloom/store';

/** Where the next page of a search begins, and what the first one said. */
export interface Cursor {
  readonly place: TracePlace;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Traces found by the first page. */
  readonly total: number;
}

/** As text for a URL. It holds good for this query and order only. */
export function cursorText(cursor: Cursor, query: string, sort: TraceSort): string {
  const { place, startNs, endNs, total } = cursor;
  const fields = [place.key, place.startNs, place.traceId, startNs, endNs, total, checkOf(query, sort)];
  return Buffer.from(fields.join(' ')).toString('base64url');
}

/** Null where it is none, or one of another query. */
export function parseCursor(text: string, query: string, sort: TraceSort): Cursor | null {
  const pattern =
    /^(?<key>\d{1,20}) (?<start>\d{1,20}) (?<id>[0-9a-f]{32}) (?<from>\d{1,20}) (?<to>\d{1,20}) (?<total>\d{1,15}) (?<check>\S+)$/;
  const groups = pattern.exec(Buffer.from(text, 'base64url').toString('latin1'))?.groups;
  if (groups === undefined || groups['check'] !== checkOf(query, sort)) return null;
  const number = (name: string): bigint => BigInt(groups[name] ?? 0);
  const place = { key: number('key'), startNs: number('start'), traceId: groups['id'] ?? '' };
  const numbers = [place.key, place.startNs, number('from'), number('to')];
  if (numbers.some((each) => each >= 2n ** 64n)) return null;
  return { place, startNs: number('from'), endNs: number('to'), total: Number(groups['total']) };
}

function checkOf(query: string, sort: TraceSort): string {
  return createHash('sha256').update(`${sort} ${query}`).digest('base64url').slice(0, 8);
}
