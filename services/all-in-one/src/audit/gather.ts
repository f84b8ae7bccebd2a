import type { LogReader, LogRecord, Topic } from '@spanloom/log';
import { type ReadClient, chunkCoverage, positions } from '@spanloom/store';
import { decodeTracesValue } from '@spanloom/wire';

import { type Range, RangeList, joined } from './ranges.ts';
import type { Findings } from './report.ts';

export interface GatherOptions {
  readonly log: LogReader;
  readonly store: ReadClient;
  /** What was appended before this is not looked at: ClickHouse may have let it go. Unix milliseconds. */
  readonly sinceMs: number;
  /** Told how far it is, 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Looks at the log and at ClickHouse, while the pipeline runs or not. The order makes it sound while
 * traffic flows: watermarks first, so that whatever they vouch for is stored, or a dead letter, by the
 * time we look there.
 */
export async function gather(options: GatherOptions): Promise<Findings[]> {
  const { log, store } = options;
  const stored = await positions(store);
  const findings: Omit<Findings, 'deadLetters' | 'expired'>[] = [];
  for (let partition = 0; partition < log.stream.partitions; partition++) {
    const position = stored.find((p) => p.stream === log.stream.id && p.partition === partition);
    const watermark = position?.watermark.offset ?? 0;
    const { low, high } = await log.bounds('spans', partition);
    const acknowledged = new RangeList();
    let first = low;
    for await (const record of readAll(log, 'spans', partition, low, high)) {
      if (record.appendTimeMs < options.sinceMs) first = record.offset + 1;
      else if (record.value !== null) acknowledged.add(record.offset);
      options.onProgress?.((partition + (record.offset - low) / (high - low)) / log.stream.partitions);
    }
    // Beyond the sink's position a batch may be in some tables and not yet in others: still on its way.
    const belowPosition = position?.b ?? 0;
    const coverage = await chunkCoverage(store, { stream: log.stream.id, partition, belowPosition });
    findings.push({
      partition,
      low: first,
      high,
      watermark,
      acknowledged: acknowledged.ranges,
      stored: coverage.ranges,
      doubled: coverage.doubles,
      doubledCount: coverage.doubleCount,
    });
  }
  const dead = await readDeadLetters(log);
  return findings.map((found) => ({
    ...found,
    deadLetters: joined(dead.letters.get(found.partition) ?? []),
    expired: joined(dead.expired.get(found.partition) ?? []),
  }));
}

async function* readAll(
  log: LogReader,
  topic: Topic,
  partition: number,
  low: number,
  high: number,
): AsyncGenerator<LogRecord> {
  let next = low;
  while (next < high) {
    const records = await log.read(topic, partition, next);
    for (const record of records) if (record.offset < high) yield record;
    const last = records.at(-1);
    if (last === undefined) return;
    next = last.offset + 1;
  }
}

interface DeadLetters {
  /** By partition of `spans`. */
  readonly letters: Map<number, Range[]>;
  readonly expired: Map<number, Range[]>;
}

/** Which chunks `spans.dlq` accounts for: by their own offset, or as chunks of a record of `traces`. */
async function readDeadLetters(log: LogReader): Promise<DeadLetters> {
  const found: DeadLetters = { letters: new Map(), expired: new Map() };
  const add = (into: Map<number, Range[]>, partition: number, range: Range): void => {
    const ranges = into.get(partition);
    if (ranges === undefined) into.set(partition, [range]);
    else ranges.push(range);
  };
  const { low, high } = await log.bounds('spans.dlq', 0);
  for await (const { headers, value } of readAll(log, 'spans.dlq', 0, low, high)) {
    if (!isOurs(headers)) continue;
    const partition = Number(headers['partition']);
    const offset = Number(headers['offset']);
    if (headers['topic'] === 'spans' && headers['to'] !== undefined) {
      add(found.expired, partition, { from: offset, to: Number(headers['to']) });
    } else if (headers['topic'] === 'spans') {
      add(found.letters, partition, { from: offset, to: offset + 1 });
    } else if (value !== null) {
      const decoded = decodeTracesValue(value);
      if (!decoded.ok || decoded.value.type !== 'trace') continue;
      for (const chunk of decoded.value.chunks)
        add(found.letters, partition, { from: chunk.offset, to: chunk.offset + 1 });
    }
  }
  return found;
}

/** Whether the letter is about `spans` or `traces`. One about a topic that the gateway reads was never acknowledged by us. */
function isOurs(headers: LogRecord['headers']): boolean {
  return headers['from'] === undefined && (headers['topic'] === 'spans' || headers['topic'] === 'traces');
}
