import { expect, it } from 'vitest';
import type { BufferedChunk } from '../port.ts';
import { openMemoryBuffer } from './buffer.ts';

const START = { applied: 0, reconciled: 0, streamTimeMs: 0 };

function chunk(offset: number, block: Buffer): BufferedChunk {
  const ids = block.subarray(1_000, 1_008);
  return {
    offset,
    traceId: `${offset}`.padStart(32, '0'),
    streamTimeMs: 0,
    index: {
      spanIds: ids,
      parentIds: ids,
      marks: block.subarray(0, 1),
      startNs: 0n,
      endNs: 0n,
      bodyBytes: 9,
    },
    record: block.subarray(2_000, 3_400),
  };
}

it('does not keep the block that a chunk was read in', async () => {
  const { claim } = await openMemoryBuffer({ maxBytes: 10_000 }).claim('s', 0);
  await claim.reset(START);
  const given = chunk(0, Buffer.alloc(256 * 1024, 'spans'));
  await claim.append([given], { applied: 1, streamTimeMs: 0 });
  const [record] = await claim.records([given]);
  const [open] = await claim.index();
  expect(record).toEqual(given.record);
  expect(open?.index).toEqual(given.index);
  for (const kept of [record, open?.index.spanIds, open?.index.parentIds, open?.index.marks]) {
    expect(kept?.buffer.byteLength).toBeLessThanOrEqual(8_192);
  }
});

it('counts what all partitions hold, and what it takes to hold it', async () => {
  const buffer = openMemoryBuffer({ maxBytes: 30_000 });
  const { claim: zero } = await buffer.claim('s', 0);
  const { claim: one } = await buffer.claim('s', 1);
  await Promise.all([zero.reset(START), one.reset(START)]);
  const ten = Array.from({ length: 10 }, (_, offset) => chunk(offset, Buffer.alloc(4_000)));
  await zero.append(ten, { applied: 10, streamTimeMs: 0 });
  await expect(one.append(ten, { applied: 10, streamTimeMs: 0 })).rejects.toThrow(
    'The buffer holds 20170 of at most 30000 bytes; 20170 more do not fit.',
  );
  await zero.release(ten, 10);
  await one.append(ten, { applied: 10, streamTimeMs: 0 });
});
