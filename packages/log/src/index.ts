export * from './port.ts';
export * from './errors.ts';
export { openEmbeddedLog, type EmbeddedLog } from './embedded/log.ts';
export type { EmbeddedLogOptions } from './embedded/options.ts';
export { openEmbeddedLogReadOnly, type LogReader } from './embedded/read-only.ts';
export { holderRuns, readLock, type LockHolder } from './embedded/lock/lock.ts';
export { OffsetSet } from './offset-set.ts';
