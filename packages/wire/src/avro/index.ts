import type { Result } from '@spanloom/span';

import type { HeartbeatRecord, SpansRecord, TraceRecord, WireError } from '../records.ts';
import { readerOf } from './single-object.ts';
import { type ChunkBody, spansBodyReaderV1, spansIndexReaderV1, spansReaderV1 } from './spans-v1.ts';
import { heartbeatReaderV1, traceReaderV1 } from './traces-v1.ts';

export { encodeSpansRecord } from './spans-v1.ts';
export { encodeHeartbeat, encodeTraceRecord } from './traces-v1.ts';

/** Reads a value of `spans`, of any version ever published. What comes back shares no memory with `value`. */
export const decodeSpansRecord: (value: Uint8Array) => Result<SpansRecord, WireError> = readerOf<SpansRecord>([
  spansReaderV1,
]);

/** As {@link decodeSpansRecord}, without the body: for who keeps the value itself elsewhere. */
export const decodeSpansIndex: (value: Uint8Array) => Result<Pick<SpansRecord, 'traceId' | 'index'>, WireError> =
  readerOf<Pick<SpansRecord, 'traceId' | 'index'>>([spansIndexReaderV1]);

/** As {@link decodeSpansRecord}, only the body, which is a view of `value`. */
export const decodeSpansBody: (value: Uint8Array) => Result<ChunkBody, WireError> = readerOf<ChunkBody>([
  spansBodyReaderV1,
]);

/** Reads a value of `traces`, of any version ever published. Bodies are views of `value`. */
export const decodeTracesValue: (value: Uint8Array) => Result<TraceRecord | HeartbeatRecord, WireError> = readerOf<
  TraceRecord | HeartbeatRecord
>([traceReaderV1, heartbeatReaderV1]);
