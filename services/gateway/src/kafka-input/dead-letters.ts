import type { Log, NewRecord } from '@spanloom/log';
import { createBatcher } from '../batcher.ts';
import type { BatchLimits } from '../batcher.ts';
import type { InputRecord } from './record.ts';

/** Where a letter's headers say that it is about a topic of the collectors, whatever that is called. */
export const letterOrigin = 'kafka-input';

/** Of a letter's value: it must fit whatever limit its topic has, and the source still has the rest. */
const maxLetterBytes = 900_000;
const sendLimits: BatchLimits = { maxRecords: 1000, maxBytes: 1_000_000 };

/** What goes to `spans.dlq` instead of a record that cannot be read. */
export function deadLetter({ topic, partition, offset, value }: InputRecord, reason: string): NewRecord {
  const cut = value !== null && value.length > maxLetterBytes;
  const headers = { from: letterOrigin, topic, partition: String(partition), offset, reason };
  return {
    key: null,
    value: cut ? value.subarray(0, maxLetterBytes) : value,
    headers: cut ? { ...headers, bytes: String(value.length) } : headers,
  };
}

/** Resolves when the letter is durable. Rejects with the log's error where it may not be. */
export function createDeadLetters(log: Pick<Log, 'append'>): (letter: NewRecord) => Promise<void> {
  const batcher = createBatcher((letters) => log.append('spans.dlq', 0, letters), sendLimits);
  return (letter) => batcher.add([letter]);
}
