import { Counter, Gauge, type Registry } from 'prom-client';

/** What the Kafka input counts; names are what Prometheus shows. */
export interface InputMetrics {
  record(topic: string, outcome: 'accepted' | 'malformed', bytes: number): void;
  /** Durable in `spans`. */
  spans(topic: string, count: number): void;
  refusal(topic: string): void;
  lag(topic: string, partition: number, records: number): void;
  /** The partitions are dealt out anew: forget the lag of those that were ours. */
  forgetLag(): void;
  expired(topic: string, records: number): void;
}

export function createInputMetrics(registry: Registry): InputMetrics {
  const registers = [registry];
  const records = new Counter({
    name: 'spanloom_gateway_kafka_records_total',
    help: "Records of collectors' topics that are handled: in spans (accepted) or, unreadable, in spans.dlq (malformed).",
    labelNames: ['topic', 'outcome'],
    registers,
  });
  const bytes = new Counter({
    name: 'spanloom_gateway_kafka_record_bytes_total',
    help: 'Bytes of the values of those records, uncompressed.',
    labelNames: ['topic'],
    registers,
  });
  const spans = new Counter({
    name: 'spanloom_gateway_kafka_spans_total',
    help: 'Spans from those records that are durable.',
    labelNames: ['topic'],
    registers,
  });
  const refusals = new Counter({
    name: 'spanloom_gateway_kafka_refusals_total',
    help: 'Tries after which a record had to wait: too many bytes in flight, or the log did not acknowledge.',
    labelNames: ['topic'],
    registers,
  });
  const lag = new Gauge({
    name: 'spanloom_gateway_kafka_lag',
    help: 'Records not yet handled, of the partitions read here, as of the last fetch.',
    labelNames: ['topic', 'partition'],
    registers,
  });
  const expired = new Counter({
    name: 'spanloom_gateway_kafka_expired_records_total',
    help: 'Offsets that the topic let go of before they were read.',
    labelNames: ['topic'],
    registers,
  });
  return {
    record(topic, outcome, valueBytes) {
      records.inc({ topic, outcome });
      bytes.inc({ topic }, valueBytes);
    },
    spans: (topic, count) => spans.inc({ topic }, count),
    refusal: (topic) => refusals.inc({ topic }),
    lag: (topic, partition, count) => lag.set({ topic, partition }, count),
    forgetLag: () => lag.reset(),
    expired: (topic, count) => expired.inc({ topic }, count),
  };
}
