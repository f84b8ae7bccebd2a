import { createRegistry, systemClock } from '@spanloom/runtime';
import type { Registry } from '@spanloom/runtime';
import type { Log, LogRecord, Topic } from '@spanloom/log';
import { decodeSpansRecord } from '@spanloom/wire';
import { createGateway } from '../../gateway.ts';
import type { Gateway } from '../../gateway.ts';
import type { KafkaInputConfig } from '../input.ts';

export interface BridgeOptions {
  readonly log: Log;
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly prefix: string;
  readonly format?: KafkaInputConfig['format'];
  /** Stands between the gateway and its log. */
  readonly append?: Log['append'];
  readonly maxRequestBytes?: number;
  readonly sessionTimeoutMs?: number;
  readonly onError?: (message: string) => void;
}

/** A gateway on free ports that reads topics of collectors into an embedded log. */
export interface Bridge {
  readonly gateway: Gateway;
  start(): Promise<unknown>;
  stop(): Promise<void>;
  /** The sum of all series of a metric whose labels include these. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
}

export function createBridge(options: BridgeOptions): Bridge {
  const { log, brokers, topics, prefix, format = 'otlp_proto', append, maxRequestBytes = 4_000_000 } = options;
  const registry = createRegistry();
  const gateway = createGateway({
    log: { stream: log.stream, append: append ?? ((...args) => log.append(...args)) },
    config: {
      host: '127.0.0.1',
      httpPort: 0,
      grpcPort: 0,
      maxRequestBytes,
      maxInflightBytes: maxRequestBytes,
      kafkaInput: {
        kafka: { brokers: [...brokers], retry: { initialRetryTime: 50 } },
        topics,
        format,
        prefix,
        sessionTimeoutMs: options.sessionTimeoutMs ?? 6000,
      },
    },
    registry,
    logger: { error: (_, message) => options.onError?.(message) },
    clock: systemClock,
  });
  return {
    gateway,
    start: () => gateway.start(),
    stop: () => gateway.stop(),
    metric: (name, labels = {}) => sumOf(registry, name, labels),
  };
}

async function sumOf(registry: Registry, name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const metric = await registry.getSingleMetric(name)?.get();
  if (metric === undefined) throw new Error(`There is no metric ${name}.`);
  const wanted = Object.entries(labels);
  return metric.values
    .filter((series) => wanted.every(([label, value]) => series.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

/** Every record of a topic of the log. */
export async function recordsOf(log: Log, topic: Topic): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  const partitions = topic === 'spans.dlq' ? 1 : log.stream.partitions;
  for (let partition = 0; partition < partitions; partition++) {
    const { low, high } = await log.bounds(topic, partition);
    for (let offset = low; offset < high;) {
      const records = await log.read(topic, partition, offset);
      all.push(...records);
      offset += records.length;
    }
  }
  return all;
}

/** How often each trace stands in `spans`: chunks by trace id. */
export async function chunksByTrace(log: Log): Promise<Map<string, number>> {
  const chunks = new Map<string, number>();
  for (const { key, value } of await recordsOf(log, 'spans')) {
    const record = decodeSpansRecord(value ?? Buffer.alloc(0));
    if (!record.ok) throw new Error(record.error.message);
    if (record.value.traceId !== key?.toString('hex')) throw new Error('A chunk is not under its trace id.');
    chunks.set(record.value.traceId, (chunks.get(record.value.traceId) ?? 0) + 1);
  }
  return chunks;
}
