import { LateWatch, partitionAssembler } from '@spanloom/assembler/testing';
import { openMemoryBuffer } from '@spanloom/buffer';
import type { Lease, Log, LogRecord, NewRecord, Topic } from '@spanloom/log';
import { partitionSink } from '@spanloom/sink/testing';
import type { SinkStore } from '@spanloom/store';
import { chunkRecord, splitRequest } from '@spanloom/wire';

const startMs = 1_700_000_000_000;
/** Records of one append, as a poll brings them, and the time between two appends. */
const perAppend = 200;
const betweenAppendsMs = 100;
const perPoll = 700;

const lease: Lease = { partition: 0, check: () => undefined, commit: async () => undefined };
const clock = { now: () => startMs, sleep: async () => undefined };

/** From requests to the records that a gateway appends. */
export function gatewayWork(requests: readonly Uint8Array[]): NewRecord[] {
  const records: NewRecord[] = [];
  for (const request of requests) {
    const split = splitRequest(request);
    if (!split.ok) throw new Error(split.error.message);
    for (const chunk of split.value.chunks) records.push(chunkRecord(chunk));
  }
  return records;
}

const cut = { intervalMs: 1000, maxSpans: 50_000, maxBytes: 32 * 1024 * 1024, staggered: true };

/** From records of `spans` to those of `traces`: all of an assembler but what Kafka and Redis cost. */
export async function assemblerWork(spans: readonly NewRecord[]): Promise<readonly LogRecord[]> {
  const log = memoryLog();
  const worker = partitionAssembler(
    {
      log,
      buffer: openMemoryBuffer({ maxBytes: 2e9 }),
      limits: { settleMs: 1000, quietMs: 2000, maxAgeMs: 300_000, maxSpans: 100_000, maxBytes: 32e6 },
      cut,
      clock,
      late: new LateWatch(),
      observer: {
        claimed: () => undefined,
        expired: () => undefined,
        closed: () => undefined,
        late: () => undefined,
        deadLetter: (_partition, offset, reason) => {
          throw new Error(`spans@${offset}: ${reason}`);
        },
        pressure: () => undefined,
        open: () => undefined,
        released: () => undefined,
        retry: () => undefined,
      },
    },
    lease,
  );
  await worker.open();
  for (let from = 0; from < spans.length; from += perAppend)
    await log.append('spans', 0, spans.slice(from, from + perAppend));
  log.wait(60_000);
  await log.append('spans', 0, [{ key: null, value: null }]);
  const records = log.records('spans');
  for (let from = 0; from < records.length; from += perPoll) await worker.process(records.slice(from, from + perPoll));
  await worker.close();
  return log.records('traces');
}

/** From records of `traces` to batches: all of a sink but what Kafka, Native and ClickHouse cost. Answers how many spans. */
export async function sinkWork(traces: readonly LogRecord[]): Promise<number> {
  let spans = 0;
  const inserted = new Set<string>();
  const store: SinkStore = {
    lastBatch: async () => null,
    chunkOffsets: async () => [],
    traceIds: async () => [],
    earlierSpans: async () => new Map(),
    hasBlock: async (table, { a, b }) => inserted.has(`${table} ${a}-${b}`),
    insert: async (table, { id: { a, b } }) => {
      inserted.add(`${table} ${a}-${b}`);
      return true;
    },
    record: async (batch) => void (spans += batch.spans),
  };
  const worker = partitionSink(
    {
      log: memoryLog(traces),
      store,
      cut,
      names: { maxOperations: 500, maxPeers: 200 },
      clock,
      observer: {
        claimed: () => undefined,
        expired: () => undefined,
        stored: () => undefined,
        folded: () => undefined,
        deadLetter: (_partition, position, reason) => {
          throw new Error(`traces@${position}: ${reason}`);
        },
        released: () => undefined,
        retry: () => undefined,
      },
    },
    lease,
  );
  await worker.open();
  const last = traces.at(-1);
  if (last === undefined) return 0;
  // One record in another interval: only then the last batch is final.
  await worker.process([...traces, { ...last, offset: last.offset + 1, appendTimeMs: last.appendTimeMs + 5000 }]);
  await worker.close();
  return spans;
}

interface MemoryLog extends Log {
  /** The next append comes so much later. */
  wait(ms: number): void;
  records(topic: Topic): readonly LogRecord[];
}

function memoryLog(traces: readonly LogRecord[] = []): MemoryLog {
  const topics: Record<Topic, LogRecord[]> = { spans: [], traces: [...traces], 'spans.dlq': [] };
  let nowMs = startMs;
  const notHere = async (): Promise<never> => {
    throw new Error('nothing here asks for it');
  };
  return {
    stream: { id: 'bench', partitions: 1 },
    async append(topic, _partition, records) {
      const offset = topics[topic].length;
      if (topic === 'spans') nowMs += betweenAppendsMs;
      for (const { key, value, headers = {} } of records) {
        topics[topic].push({
          offset: topics[topic].length,
          appendTimeMs: nowMs,
          key: asBuffer(key),
          value: asBuffer(value),
          headers,
        });
      }
      return { offset, appendTimeMs: nowMs };
    },
    read: async (topic, _partition, from) => topics[topic].slice(from),
    bounds: async (topic) => ({ low: 0, high: topics[topic].length }),
    offsetAtTime: notHere,
    committed: async () => null,
    join: notHere,
    close: async () => undefined,
    wait: (ms) => void (nowMs += ms),
    records: (topic) => topics[topic],
  };
}

function asBuffer(bytes: Uint8Array | null): Buffer | null {
  if (bytes === null || Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
