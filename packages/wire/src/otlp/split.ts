import { bytesToHex, err, ok } from '@spanloom/span';
import type { ChunkIndex, Result, TraceId } from '@spanloom/span';
import { compress, maxBodyBytes } from '../compression.ts';
import type { WireError } from '../records.ts';
import { Regrouping } from './regroup.ts';
import { RequestScan } from './scan.ts';
import { SpanColumns } from './span-columns.ts';
import { truncatedBody } from './truncate.ts';

/** How large a chunk may be. */
export interface ChunkLimits {
  /** Spans of one chunk. */
  readonly maxSpans: number;
  /** Bytes of its body before compression; at most {@link maxBodyBytes}. */
  readonly maxBodyBytes: number;
  /** Bytes of its body after compression. */
  readonly maxCompressedBytes: number;
}

/** 1 MB of body leaves room for the index of 20,000 spans (340 kB) in a record of at most 4 MB. */
export const defaultChunkLimits: ChunkLimits = { maxSpans: 20_000, maxBodyBytes, maxCompressedBytes: 1_000_000 };

/** Some spans of one trace, before compression. */
export interface RequestChunk {
  readonly traceId: TraceId;
  readonly index: ChunkIndex;
  /** `TracesData`. May share memory with the request and with other chunks: copy what is kept for long. */
  readonly body: Uint8Array;
  /** A span was above the limits, and was cut: see {@link splitRequest}. */
  readonly truncated: boolean;
}

/** What an `ExportTraceServiceRequest` holds. */
export interface SplitRequest {
  readonly chunks: readonly RequestChunk[];
  readonly acceptedSpans: number;
  readonly rejectedSpans: number;
  /** A sentence for `partial_success.error_message`; empty when nothing was refused. */
  readonly rejectedBecause: string;
}

/**
 * Splits a request (protobuf) into one chunk a trace, by copying ranges of bytes: nothing is
 * decoded, and nothing is lost, not even fields that we do not know.
 *
 * An error where the bytes are no such request; it is checked to the last attribute, so that every
 * accepted body can be decoded. Strings that are no UTF-8 are kept as they are. Spans whose trace id
 * is not 16 bytes, whose span id is not 8, or either all zero, or whose parent id is neither empty
 * nor 8 bytes, are refused one by one and counted. A parent id of zeros is none.
 *
 * A trace above the limits makes several chunks. A single span above them (some MB of attributes
 * that do not compress, or a resource of that size) is cut until its body fits without compression,
 * always the same way: see {@link truncatedBody}.
 */
export function splitRequest(
  request: Uint8Array,
  limits: ChunkLimits = defaultChunkLimits,
): Result<SplitRequest, WireError> {
  const scan = new RequestScan(request, reused);
  if (!scan.run()) {
    return err({ message: 'The bytes are no ExportTraceServiceRequest in protobuf.', unknownSchema: false });
  }
  const chunks: RequestChunk[] = [];
  const split: Split = { scan, regrouping: new Regrouping(scan), limits };
  const mayBeWhole = request.length <= Math.min(limits.maxBodyBytes, limits.maxCompressedBytes);
  const whole = mayBeWhole && scan.traces.length === 1 && scan.rejected === 0 ? request : null;
  for (const { spans } of scan.traces) {
    if (whole !== null && spans.length <= limits.maxSpans) chunks.push(chunkOf(split, spans, whole, false));
    else for (const part of partsOf(scan, spans, limits)) addChunks(chunks, split, part);
  }
  return ok({
    chunks,
    acceptedSpans: scan.spans.length,
    rejectedSpans: scan.rejected,
    rejectedBecause: rejection(scan),
  });
}

/** Columns of the last request, overwritten by the next: a request is taken apart in one go. */
const reused = new SpanColumns();

interface Split {
  readonly scan: RequestScan;
  readonly regrouping: Regrouping;
  readonly limits: ChunkLimits;
}

/** Adds these spans as one chunk, or as more where one would be too large. */
function addChunks(chunks: RequestChunk[], split: Split, spans: readonly number[]): void {
  const { limits } = split;
  const body = split.regrouping.body(spans);
  if (fitsInto(body, limits)) {
    chunks.push(chunkOf(split, spans, body, false));
  } else if (spans.length > 1) {
    const middle = spans.length >> 1;
    addChunks(chunks, split, spans.slice(0, middle));
    addChunks(chunks, split, spans.slice(middle));
  } else {
    chunks.push(chunkOf(split, spans, truncatedBody(body, limits.maxCompressedBytes), true));
  }
}

function fitsInto(body: Uint8Array, limits: ChunkLimits): boolean {
  if (body.length > limits.maxBodyBytes) return false;
  return body.length <= limits.maxCompressedBytes || compress(body).body.length <= limits.maxCompressedBytes;
}

/** Cuts the spans of a trace by number and by their own bytes; headers come on top, and `addChunks` sees to that. */
function partsOf(scan: RequestScan, spans: readonly number[], limits: ChunkLimits): readonly (readonly number[])[] {
  const parts: (readonly number[])[] = [];
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < spans.length; i += 1) {
    const span = spans[i] as number;
    const length = (scan.spans.end[span] as number) - (scan.spans.start[span] as number);
    if (i > from && (i - from === limits.maxSpans || bytes + length > limits.maxBodyBytes)) {
      parts.push(spans.slice(from, i));
      from = i;
      bytes = 0;
    }
    bytes += length;
  }
  parts.push(from === 0 ? spans : spans.slice(from));
  return parts;
}

function chunkOf(
  { scan, regrouping }: Split,
  spans: readonly number[],
  body: Uint8Array,
  truncated: boolean,
): RequestChunk {
  const traceAt = scan.spans.traceAt[spans[0] ?? 0] ?? 0;
  return { traceId: bytesToHex(scan.bytes, traceAt, 16), index: regrouping.index(spans, body.length), body, truncated };
}

function rejection({ rejected, rejectedBecause }: RequestScan): string {
  if (rejected === 0) return '';
  return rejected === 1
    ? `1 span refused: ${rejectedBecause}.`
    : `${rejected} spans refused; the first: ${rejectedBecause}.`;
}
