/** The tests that every adapter of the buffer must pass, and a buffer with faults to inject. */
export { bufferContract, type BufferFixture } from './contract.ts';
export { openFaultyBuffer, type FaultyBuffer } from './faulty.ts';
