import { bufferContract } from '../testing/contract.ts';
import { openFaultyBuffer } from '../testing/faulty.ts';

bufferContract('The memory buffer', async () => {
  const buffer = openFaultyBuffer({ maxBytes: 4_000_000 });
  return { ...buffer, buffer, discard: () => buffer.close() };
});
