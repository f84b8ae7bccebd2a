import { expect, test } from 'vitest';

import type { NewRecord } from '../../port.ts';
import { decodeStream, encodeStream } from './stream-record.ts';

const cut = { intervalMs: 1000, maxSpans: 5, maxBytes: 6 };
const stream = { id: 's', partitions: 4, cut, topicIds: { spans: null, traces: 'id' } };

function read({ key, value }: NewRecord): ReturnType<typeof decodeStream> {
  const bytes = (each: Uint8Array | null): Buffer | null => (each === null ? null : Buffer.from(each));
  return decodeStream('t', [{ offset: 0, appendTimeMs: 0, headers: {}, key: bytes(key), value: bytes(value) }]);
}

test('a stream is read as it was written, staggered or, of before format 2, not', () => {
  const staggered = { ...stream, cut: { ...cut, staggered: true } };
  for (const each of [stream, staggered]) expect(read(encodeStream(each))).toEqual(each);
  const formatOf = (each: typeof stream): unknown => JSON.parse(String(encodeStream(each).value)).format as unknown;
  expect([formatOf(stream), formatOf(staggered)]).toEqual([1, 2]);
});

test('one of a later format is refused', () => {
  const later = { key: Buffer.from('stream'), value: Buffer.from(JSON.stringify({ format: 3, ...stream })) };
  expect(() => read(later)).toThrow('format 3; this program reads 1 and 2. Use a newer Spanloom.');
});
