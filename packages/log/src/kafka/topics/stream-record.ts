/**
 * The one record of the compacted topic `spans.stream`: key `stream`, value
 * `{"format":2,"id":"…","partitions":16,"cut":{…},"topicIds":{"spans":"…","traces":"…"}}`.
 * The ids are those that Kafka gave the topics, so that topics which were deleted and made again
 * are noticed; null where the brokers are older than ids.
 */
import { LogError } from '../../errors.ts';
import type { CutStream, LogRecord, NewRecord } from '../../port.ts';

/** 1: a stream whose partitions are all cut at the same moment. */
const FORMATS: readonly number[] = [1, 2];
const KEY = 'stream';

export interface TopicIds {
  readonly spans: string | null;
  readonly traces: string | null;
}

export interface StreamRecord extends CutStream {
  readonly topicIds: TopicIds;
}

export function encodeStream(stream: StreamRecord): NewRecord {
  const format = stream.cut.staggered === true ? 2 : 1;
  return { key: Buffer.from(KEY), value: Buffer.from(JSON.stringify({ format, ...stream })) };
}

/** The last of the records, or null where there is none. */
export function decodeStream(topic: string, records: readonly LogRecord[]): StreamRecord | null {
  const last = records.findLast(({ key, value }) => key?.toString() === KEY && value !== null);
  if (last === undefined) return null;
  const { format, ...stream } = JSON.parse(String(last.value)) as StreamRecord & { format: number };
  if (!FORMATS.includes(format)) {
    throw new LogError(
      `${topic} has format ${format}; this program reads ${FORMATS.join(' and ')}. Use a newer Spanloom.`,
      false,
    );
  }
  return stream;
}

/** True where it is known that the topics are not the ones of the stream. */
export function madeAnew(stream: StreamRecord, found: TopicIds): boolean {
  const differ = (before: string | null, now: string | null): boolean =>
    before !== null && now !== null && before !== now;
  return differ(stream.topicIds.spans, found.spans) || differ(stream.topicIds.traces, found.traces);
}
