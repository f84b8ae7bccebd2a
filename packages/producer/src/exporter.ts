import { ExportResultCode } from '@opentelemetry/core';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { chunkRecord, splitRequest } from '@spanloom/wire';
import type { KafkaConfig } from 'kafkajs';
import { machineClock } from './clock.ts';
import { connectTo } from './connection.ts';
import { createPublisher } from './publisher.ts';

export interface KafkaSpanExporterOptions {
  /** Brokers, and how to get in: what kafkajs takes. */
  readonly kafka: KafkaConfig;
  /** Spanloom's setting of this name: what stands before its topics. Empty by default. */
  readonly prefix?: string;
  /** How long one export is tried, in milliseconds; 10,000 by default. Keep it below that of the span processor. */
  readonly timeoutMs?: number;
}

/**
 * An OpenTelemetry `SpanExporter` that writes to Spanloom's topic `spans`. An export succeeds only
 * once all in-sync replicas have every span of it. One that fails may have left some of its spans
 * there; if they are exported again, the doubles are dropped by span id.
 */
export function createKafkaSpanExporter(options: KafkaSpanExporterOptions): SpanExporter {
  const { kafka, prefix = '', timeoutMs = 10_000 } = options;
  // So that a lost answer leaves time for another try.
  const connect = connectTo(kafka, `${prefix}spans`, Math.ceil(timeoutMs / 3));
  const publisher = createPublisher({ connect, clock: machineClock, timeoutMs });
  let shut: Promise<void> | null = null;

  async function publish(spans: ReadableSpan[]): Promise<void> {
    if (shut !== null) throw new Error('The exporter is shut down.');
    if (spans.length === 0) return;
    const request = ProtobufTraceSerializer.serializeRequest(spans);
    if (request === undefined) throw new Error('The spans cannot be encoded.');
    const split = splitRequest(request);
    if (!split.ok) throw new Error(split.error.message);
    await publisher.publish(split.value.chunks.map(chunkRecord));
    const { rejectedSpans, rejectedBecause } = split.value;
    if (rejectedSpans > 0) throw new Error(rejectedBecause);
  }

  return {
    export(spans, done) {
      publish(spans).then(
        () => done({ code: ExportResultCode.SUCCESS }),
        (error: unknown) =>
          done({ code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) }),
      );
    },
    forceFlush: () => publisher.idle(),
    shutdown() {
      shut ??= publisher.close();
      return shut;
    },
  };
}
