import { err, ok } from '@spanloom/span';
import type { Result } from '@spanloom/span';
import { FieldReader, textOf } from '../protobuf/reader.ts';
import { FieldWriter } from '../protobuf/writer.ts';
import type { WireError } from '../records.ts';

/** What `partial_success` says. */
export interface ExportResponse {
  readonly rejectedSpans: number;
  /** Empty when all is well; with 0 rejected spans, a warning. */
  readonly errorMessage: string;
}

/**
 * ExportTraceServiceResponse = partial_success:1 ExportTracePartialSuccess
 * ExportTracePartialSuccess  = rejected_spans:1 int64, error_message:2 string
 *
 * Without anything to say it is empty, as the OTLP specification wants it.
 */
export function encodeExportResponse({ rejectedSpans, errorMessage }: ExportResponse): Uint8Array {
  const out = new FieldWriter(64 + errorMessage.length);
  if (rejectedSpans === 0 && errorMessage === '') return out.finish();
  out.message(1, () => {
    if (rejectedSpans !== 0) out.uint(1, rejectedSpans);
    if (errorMessage !== '') out.string(2, errorMessage);
  });
  return out.finish();
}

/** Reads an `ExportTraceServiceResponse` in protobuf. */
export function decodeExportResponse(bytes: Uint8Array): Result<ExportResponse, WireError> {
  let rejectedSpans = 0;
  let errorMessage = '';
  let malformed = false;
  const response = new FieldReader().open(bytes, 0, bytes.length);
  while (response.next()) {
    if (!response.isBytes(1)) continue;
    const success = new FieldReader().open(bytes, response.from, response.to);
    while (success.next()) {
      if (success.is(1, 0)) rejectedSpans = success.float();
      else if (success.isBytes(2)) errorMessage = textOf(bytes, success.from, success.to);
    }
    malformed ||= success.malformed;
  }
  if (malformed || response.malformed) {
    return err({ message: 'The bytes are no ExportTraceServiceResponse in protobuf.', unknownSchema: false });
  }
  return ok({ rejectedSpans, errorMessage });
}
