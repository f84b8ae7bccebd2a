import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { fieldsOf } from './otlp.ts';

/** What a test wants to know of an answer, from either transport. */
export interface Status {
  readonly code: number;
  readonly message: string;
  /** Of a `RetryInfo`; null where there is none. */
  readonly retryAfterSeconds: number | null;
}

export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

export function partialSuccessOf(response: Uint8Array): PartialSuccess {
  const partial = fieldsOf(bytesAt(fieldsOf(response), 1));
  return { rejectedSpans: numberAt(partial, 1), message: bytesAt(partial, 2).toString() };
}

export function statusOf(bytes: Uint8Array): Status {
  const status = fieldsOf(bytes);
  const detail = fieldsOf(bytesAt(status, 3));
  const retry = bytesAt(detail, 1).toString() === 'type.googleapis.com/google.rpc.RetryInfo';
  const delay = fieldsOf(bytesAt(fieldsOf(bytesAt(detail, 2)), 1));
  return {
    code: numberAt(status, 1),
    message: bytesAt(status, 2).toString(),
    retryAfterSeconds: retry ? numberAt(delay, 1) + numberAt(delay, 2) / 1e9 : null,
  };
}

function bytesAt(fields: Map<number, (number | Buffer)[]>, field: number): Buffer {
  const value = fields.get(field)?.[0];
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

function numberAt(fields: Map<number, (number | Buffer)[]>, field: number): number {
  const value = fields.get(field)?.[0];
  return typeof value === 'number' ? value : 0;
}

export type GrpcAnswer =
  | { readonly ok: true; readonly response: Buffer }
  | {
      readonly ok: false;
      readonly code: number;
      readonly message: string;
      readonly details: Status | null;
    };

export interface GrpcClient {
  send(request: Uint8Array, options?: { readonly path?: string; readonly gzip?: boolean }): Promise<GrpcAnswer>;
  close(): void;
}

export function createGrpcClient(port: number): GrpcClient {
  const connect = (gzip: boolean): Client =>
    new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      ...(gzip ? { 'grpc.default_compression_algorithm': 2 } : {}),
    });
  const clients = { plain: connect(false), gzip: connect(true) };
  const asIs = (bytes: Buffer): Buffer => bytes;
  return {
    send(request, { path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export', gzip = false } = {}) {
      const client = gzip ? clients.gzip : clients.plain;
      return new Promise((resolve) => {
        client.makeUnaryRequest(path, asIs, asIs, Buffer.from(request), new Metadata(), (error, response) => {
          if (error === null && response !== undefined) resolve({ ok: true, response });
          else if (error !== null) resolve(failure(error));
        });
      });
    },
    close() {
      clients.plain.close();
      clients.gzip.close();
    },
  };
}

function failure({ code, details, metadata }: ServiceError): GrpcAnswer {
  const [bytes] = metadata.get('grpc-status-details-bin');
  return {
    ok: false,
    code,
    message: details,
    details: Buffer.isBuffer(bytes) ? statusOf(bytes) : null,
  };
}
