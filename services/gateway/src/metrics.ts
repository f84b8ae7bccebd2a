import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Outcome } from './outcome.ts';

export type Transport = 'http' | 'grpc';

/** `rejected`: wrong method, content type or encoding. `aborted`: the client went away before its body had come. */
export type RequestOutcome = Outcome['type'] | 'rejected' | 'aborted';

/** What the gateway counts; names are what Prometheus shows. */
export interface GatewayMetrics {
  request(transport: Transport, outcome: RequestOutcome): void;
  requestBytes(transport: Transport, bytes: number): void;
  /** `accepted` are durable. */
  spans(accepted: number, rejected: number): void;
  chunk(recordBytes: number, truncated: boolean): void;
  append(seconds: number, failed: boolean): void;
}

export function createGatewayMetrics(registry: Registry, inflightBytes: () => number): GatewayMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'spanloom_gateway_requests_total',
    help: 'Export requests by transport and by what was answered.',
    labelNames: ['transport', 'outcome'],
    registers,
  });
  const receivedBytes = new Counter({
    name: 'spanloom_gateway_request_bytes_total',
    help: 'Bytes of request bodies, uncompressed.',
    labelNames: ['transport'],
    registers,
  });
  const spans = new Counter({
    name: 'spanloom_gateway_spans_total',
    help: 'Spans that are durable (accepted) and spans refused in a partial success (rejected).',
    labelNames: ['outcome'],
    registers,
  });
  const chunks = new Counter({
    name: 'spanloom_gateway_chunks_total',
    help: 'Chunks given to the log.',
    registers,
  });
  const chunkBytes = new Counter({
    name: 'spanloom_gateway_chunk_bytes_total',
    help: 'Bytes of the records of those chunks, compressed.',
    registers,
  });
  const truncatedChunks = new Counter({
    name: 'spanloom_gateway_truncated_chunks_total',
    help: 'Chunks in which attributes were cut to fit the limits.',
    registers,
  });
  const appendSeconds = new Histogram({
    name: 'spanloom_gateway_append_seconds',
    help: 'From an append to its acknowledgement by the log.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const appendFailures = new Counter({
    name: 'spanloom_gateway_append_failures_total',
    help: 'Appends that the log did not acknowledge; their clients were told to send again.',
    registers,
  });
  new Gauge({
    name: 'spanloom_gateway_inflight_bytes',
    help: 'Bytes received, or announced, and not yet durable.',
    registers,
    collect() {
      this.set(inflightBytes());
    },
  });
  return {
    request: (transport, outcome) => requests.inc({ transport, outcome }),
    requestBytes: (transport, bytes) => receivedBytes.inc({ transport }, bytes),
    spans(accepted, rejected) {
      spans.inc({ outcome: 'accepted' }, accepted);
      spans.inc({ outcome: 'rejected' }, rejected);
    },
    chunk(recordBytes, truncated) {
      chunks.inc();
      chunkBytes.inc(recordBytes);
      if (truncated) truncatedChunks.inc();
    },
    append(seconds, failed) {
      appendSeconds.observe(seconds);
      if (failed) appendFailures.inc();
    },
  };
}
