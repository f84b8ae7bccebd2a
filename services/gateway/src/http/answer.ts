import type { ServerResponse } from 'node:http';
import { encodeExportResponse } from '@spanloom/wire';
import { answerCodes } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { statusBytes, statusJson } from '../status.ts';
import type { PlainAnswer, RequestForm } from './form.ts';

const formats = {
  protobuf: { contentType: 'application/x-protobuf', write: protobufOf },
  json: { contentType: 'application/json', write: jsonOf },
} as const;

/** Writes an `ExportTraceServiceResponse` or a `google.rpc.Status`, in the request's own format. */
export function answer(response: ServerResponse, format: RequestForm['format'], outcome: Outcome): void {
  const { contentType, write } = formats[format];
  response.statusCode = outcome.type === 'accepted' ? 200 : answerCodes[outcome.type].http;
  response.setHeader('content-type', contentType);
  if (outcome.type === 'overloaded') response.setHeader('retry-after', Math.ceil(outcome.retryAfterMs / 1000));
  end(response, write(outcome));
}

export function answerPlain(response: ServerResponse, { status, text }: PlainAnswer): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  if (status === 405) response.setHeader('allow', 'POST');
  end(response, text);
}

function end(response: ServerResponse, body: string | Uint8Array): void {
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

function protobufOf(outcome: Outcome): Uint8Array {
  if (outcome.type !== 'accepted') return statusBytes(outcome);
  return encodeExportResponse({
    rejectedSpans: outcome.rejectedSpans,
    errorMessage: outcome.message,
  });
}

/** ProtoJSON leaves out what is at its default and writes an int64 as a string. */
function jsonOf(outcome: Outcome): string {
  if (outcome.type !== 'accepted') return JSON.stringify(statusJson(outcome));
  return JSON.stringify({
    partialSuccess: {
      ...(outcome.rejectedSpans > 0 ? { rejectedSpans: String(outcome.rejectedSpans) } : {}),
      ...(outcome.message === '' ? {} : { errorMessage: outcome.message }),
    },
  });
}
