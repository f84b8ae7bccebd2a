import type { Span } from '@spanloom/span';
import { encodeSpans, partitionOf } from '@spanloom/wire';
import kafkajs from 'kafkajs';

/** Of one message set. */
const maxBytes = 700_000;

/**
 * Writes a topic as collectors do (`otlp_proto`, the key is the trace id): a record for each service's
 * spans of one trace.
 */
export async function sendToTopic(
  { brokers, topic }: { readonly brokers: readonly string[]; readonly topic: string },
  requests: readonly (readonly Span[])[],
): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  const [metadata] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
  await admin.disconnect();
  const partitions = metadata?.partitions.length ?? 1;
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const waiting = Array.from({ length: partitions }, (): kafkajs.Message[] => []);
  const waitingBytes = Array.from({ length: partitions }, () => 0);
  const flush = async (partition: number): Promise<void> => {
    const messages = waiting[partition] ?? [];
    if (messages.length === 0) return;
    waiting[partition] = [];
    waitingBytes[partition] = 0;
    await producer.send({ topic, messages });
  };
  for (const request of requests) {
    for (const [traceId, spans] of byTrace(request)) {
      const key = Buffer.from(traceId, 'hex');
      const value = Buffer.from(encodeSpans(spans));
      const partition = partitionOf(key, partitions);
      waiting[partition]?.push({ key, value, partition });
      waitingBytes[partition] = (waitingBytes[partition] ?? 0) + value.length;
      if ((waitingBytes[partition] ?? 0) > maxBytes || (waiting[partition]?.length ?? 0) >= 1000)
        await flush(partition);
    }
  }
  for (let partition = 0; partition < partitions; partition++) await flush(partition);
  await producer.disconnect();
}

function byTrace(spans: readonly Span[]): Map<string, Span[]> {
  const traces = new Map<string, Span[]>();
  for (const span of spans) {
    const known = traces.get(span.traceId);
    if (known === undefined) traces.set(span.traceId, [span]);
    else known.push(span);
  }
  return traces;
}
