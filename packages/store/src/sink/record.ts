import { send } from '../client/request.ts';
import { nativeBlock } from '../native/block.ts';
import { integers, longs, strings } from '../native/columns.ts';
import type { BatchRecord } from '../port.ts';
import { gathered } from './gathered.ts';
import { nameOf } from './insert.ts';
import type { Writer } from './insert.ts';

/**
 * Writes rows of `sink_batches`; merges keep the one with the highest b, so that a repeat changes
 * nothing. Partitions that are done at the same time share an insert.
 */
export function recorder({ client, consistency }: Writer): (record: BatchRecord) => Promise<void> {
  return gathered(async (records) => {
    await consistency.insert('sink_batches', async () => {
      await send(client, {
        query: 'INSERT INTO sink_batches FORMAT Native',
        doing: `recording ${records.map(({ id }) => nameOf(id)).join(', ')}`,
        settings: { async_insert: 0, ...consistency.insertSettings },
        body: { bytes: blockOf(records), encoding: null },
      });
    });
  });
}

function blockOf(records: readonly BatchRecord[]): Uint8Array {
  const ids = records.map(({ id }) => id);
  const of = (value: (record: BatchRecord) => number): number[] => records.map(value);
  return nativeBlock(records.length, [
    strings(
      'stream',
      ids.map(({ stream }) => stream),
    ),
    integers(
      'partition',
      'Int32',
      of(({ id }) => id.partition),
    ),
    longs(
      'a',
      'Int64',
      of(({ id }) => id.a),
    ),
    longs(
      'b',
      'Int64',
      of(({ id }) => id.b),
    ),
    longs(
      'append_time',
      "DateTime64(3, 'UTC')",
      of(({ id }) => id.appendTimeMs),
    ),
    longs(
      'watermark_offset',
      'Int64',
      of(({ watermark }) => watermark.offset),
    ),
    longs(
      'watermark_ms',
      'Int64',
      of(({ watermark }) => watermark.streamTimeMs),
    ),
    integers(
      'fragments',
      'UInt32',
      of(({ fragments }) => fragments),
    ),
    integers(
      'spans',
      'UInt32',
      of(({ spans }) => spans),
    ),
    integers(
      'duplicate_spans',
      'UInt32',
      of(({ duplicateSpans }) => duplicateSpans),
    ),
  ]);
}
