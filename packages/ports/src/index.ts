/** Log, buffer and store of a cluster, opened as the settings say: what a role begins with. */
export { openBuffer, redisConnectionOf } from './buffer.ts';
export { kafkaConnectionOf, openLog, openLogReader } from './log.ts';
export { listOf, prefixOf } from './prefix.ts';
export { openStorage } from './storage.ts';
export { storeConnection, storeDatabase, storeOptions, storeTables } from './store-settings.ts';
