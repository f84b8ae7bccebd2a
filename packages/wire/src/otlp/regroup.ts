import type { ChunkIndex } from '@spanloom/span';
import { FieldWriter, fieldBytes } from '../protobuf/writer.ts';
import { Field } from './grammar.ts';
import type { Header, RequestScan } from './scan.ts';

/** Neighbouring spans of one `ScopeSpans`: numbers `from` to `to` in a list of spans. */
interface Run {
  readonly scope: number;
  readonly from: number;
  readonly to: number;
  /** Bytes of the `ScopeSpans` message. */
  readonly bytes: number;
}

/** The runs of one `ResourceSpans`, and the bytes of that message. */
interface Group {
  readonly resource: number;
  readonly runs: Run[];
  bytes: number;
}

/** Bodies take memory in pieces of at most this: one a body would be 8 kB of garbage each. */
const pieceBytes = 65_536;

/** Writes the chunks of a request: their bodies share memory, and so do their indexes. */
export class Regrouping {
  readonly #scan: RequestScan;
  readonly #writer: FieldWriter;
  /** 17 bytes a span: two ids and a mark. */
  readonly #ids: Uint8Array;
  #idsAt = 0;

  constructor(scan: RequestScan) {
    this.#scan = scan;
    this.#writer = new FieldWriter(Math.min(pieceBytes, scan.bytes.length + 1024));
    this.#ids = new Uint8Array(scan.spans.length * 17);
  }

  /**
   * `TracesData` of these spans: their bytes, and those of their resources and scopes, as they came,
   * unknown fields included. Neighbours under the same resource and scope stay together.
   */
  body(spans: readonly number[]): Uint8Array {
    const scan = this.#scan;
    const writer = this.#writer;
    const groups = groupsOf(scan, spans);
    let total = 0;
    for (const group of groups) total += fieldBytes(group.bytes);
    writer.room(total);
    for (const group of groups) {
      writer.head(Field.request.resourceSpans, group.bytes);
      writeHeader(writer, scan, scan.resources[group.resource]);
      for (const run of group.runs) {
        writer.head(Field.resourceSpans.scopeSpans, run.bytes);
        writeHeader(writer, scan, scan.scopes[run.scope]);
        writeSpans(writer, scan, spans, run);
      }
    }
    return writer.finish();
  }

  /** The index of these spans, each of which is asked for once; `bodyBytes` is for the caller to know. */
  index(spans: readonly number[], bodyBytes: number): ChunkIndex {
    const { bytes, spans: columns } = this.#scan;
    const ids = this.#ids;
    const spanIds = this.#idsAt;
    const parentIds = spanIds + 8 * spans.length;
    const marks = parentIds + 8 * spans.length;
    this.#idsAt = marks + spans.length;
    let earliest = spans[0] ?? 0;
    let latest = earliest;
    for (let i = 0; i < spans.length; i += 1) {
      const span = spans[i] as number;
      const idAt = columns.idAt[span] as number;
      const parentAt = columns.parentAt[span] as number;
      for (let byte = 0; byte < 8; byte += 1) ids[spanIds + 8 * i + byte] = bytes[idAt + byte] as number;
      if (parentAt >= 0)
        for (let byte = 0; byte < 8; byte += 1) ids[parentIds + 8 * i + byte] = bytes[parentAt + byte] as number;
      ids[marks + i] = columns.mark[span] as number;
      if (isBefore(columns.startHi, columns.startLo, span, earliest)) earliest = span;
      if (isBefore(columns.endHi, columns.endLo, latest, span)) latest = span;
    }
    return {
      spanIds: ids.subarray(spanIds, parentIds),
      parentIds: ids.subarray(parentIds, marks),
      marks: ids.subarray(marks, this.#idsAt),
      startNs: bigintOf(columns.startHi, columns.startLo, earliest),
      endNs: bigintOf(columns.endHi, columns.endLo, latest),
      bodyBytes,
    };
  }
}

function groupsOf(scan: RequestScan, spans: readonly number[]): Group[] {
  const groups: Group[] = [];
  let group: Group | undefined;
  for (let from = 0; from < spans.length;) {
    const scope = scan.spans.scope[spans[from] as number] as number;
    const header = scan.scopes[scope];
    if (header === undefined) break;
    let bytes = header.bytes;
    let to = from;
    for (; to < spans.length; to += 1) {
      const span = spans[to] as number;
      if (scan.spans.scope[span] !== scope) break;
      bytes += (scan.spans.end[span] as number) - (scan.spans.start[span] as number);
    }
    if (group === undefined || group.resource !== header.resource) {
      group = { resource: header.resource, runs: [], bytes: scan.resources[header.resource]?.bytes ?? 0 };
      groups.push(group);
    }
    group.runs.push({ scope, from, to, bytes });
    group.bytes += fieldBytes(bytes);
    from = to;
  }
  return groups;
}

function writeHeader(writer: FieldWriter, scan: RequestScan, header: Header | undefined): void {
  const ranges = header?.ranges ?? [];
  for (let i = 0; i < ranges.length; i += 2) writer.raw(scan.bytes, ranges[i] ?? 0, ranges[i + 1] ?? 0);
}

/** Spans that were neighbours in the request are copied at once. */
function writeSpans(writer: FieldWriter, scan: RequestScan, spans: readonly number[], run: Run): void {
  let start = -1;
  let end = -1;
  for (let i = run.from; i < run.to; i += 1) {
    const span = spans[i] as number;
    if (scan.spans.start[span] !== end) {
      if (start >= 0) writer.raw(scan.bytes, start, end);
      start = scan.spans.start[span] as number;
    }
    end = scan.spans.end[span] as number;
  }
  if (start >= 0) writer.raw(scan.bytes, start, end);
}

function isBefore(hi: Uint32Array, lo: Uint32Array, one: number, other: number): boolean {
  const difference = (hi[one] as number) - (hi[other] as number);
  return difference < 0 || (difference === 0 && (lo[one] as number) < (lo[other] as number));
}

function bigintOf(hi: Uint32Array, lo: Uint32Array, span: number): bigint {
  return (BigInt(hi[span] as number) << 32n) | BigInt(lo[span] as number);
}
