export * from './port.ts';
export * from './errors.ts';
export { openMemoryBuffer, type MemoryBufferOptions } from './memory/buffer.ts';
