import type { IncomingMessage } from 'node:http';
import { err, ok } from '@spanloom/span';
import type { Result } from '@spanloom/span';

/** How a request is written, and therefore its answer. */
export interface RequestForm {
  readonly format: 'protobuf' | 'json';
  readonly gzip: boolean;
}

/** An answer that says nothing of spans: text/plain, as the OpenTelemetry Collector's. */
export interface PlainAnswer {
  readonly status: 404 | 405 | 415;
  readonly text: string;
}

/** What the request line and headers say, before a byte of the body is read. */
export function formOf({
  method,
  url = '',
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): Result<RequestForm, PlainAnswer> {
  if (pathOf(url) !== '/v1/traces') {
    return err({ status: 404, text: '404 not found: spans go to POST /v1/traces' });
  }
  if (method !== 'POST') return err({ status: 405, text: '405 method not allowed, supported: [POST]' });
  const format = formatOf(headers['content-type'] ?? '');
  if (format === null) {
    return err({
      status: 415,
      text: '415 unsupported media type, supported: [application/json, application/x-protobuf]',
    });
  }
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity' && encoding !== '') {
    return err({
      status: 415,
      text: '415 unsupported content encoding, supported: [gzip, identity]',
    });
  }
  return ok({ format, gzip: encoding === 'gzip' });
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function formatOf(contentType: string): RequestForm['format'] | null {
  const parameters = contentType.indexOf(';');
  const type = (parameters === -1 ? contentType : contentType.slice(0, parameters)).trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'protobuf';
  if (type === 'application/json') return 'json';
  return null;
}
