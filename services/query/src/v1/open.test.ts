import { openMemoryBuffer } from '@spanloom/buffer';
import { openTracesContract } from '../testing/open-contract.ts';

openTracesContract('memory', async () => {
  const buffer = openMemoryBuffer({ maxBytes: 4_000_000 });
  return { buffer, stream: 's1', discard: () => buffer.close() };
});
