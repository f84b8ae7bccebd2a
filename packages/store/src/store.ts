import { connect } from './client/connection.ts';
import type { ConnectionOptions } from './client/connection.ts';
import { readClient } from './client/read-client.ts';
import type { ReadClient, ReadLimits } from './client/read-client.ts';
import type { SinkStore } from './port.ts';
import { rollupStore } from './rollups/store.ts';
import type { RollupStore } from './rollups/store.ts';
import { earlierSpans } from './sink/earlier-spans.ts';
import { insertBatch, recordBatch } from './sink/insert.ts';
import { chunkOffsets, hasBlock, lastBatch, traceIds } from './sink/state.ts';
import { tables } from './tables/index.ts';

/** ClickHouse as the sink writes it and the queries read it. */
export interface Store extends SinkStore {
  /** For the functions of `queries/`. */
  readonly read: ReadClient;
  /** For the rollup service. */
  readonly rollups: RollupStore;
  /** Whether the server answers now. */
  ping(): Promise<boolean>;
  /** Closes the connections; what is running is cut off. */
  close(): Promise<void>;
}

export interface StoreOptions extends ConnectionOptions {
  /** Of the queries that people ask; default 30 s and 1,000,000 rows. */
  readonly readLimits?: ReadLimits;
}

/** Opens the store; nothing is sent before the first call. The tables are made by `migrate`. */
export function openStore(options: StoreOptions): Store {
  const client = connect(options);
  const read = readClient(client, options.readLimits);
  return {
    read,
    rollups: rollupStore(client, read),
    ping: async () => (await client.ping()).success,
    close: () => client.close(),
    lastBatch: (stream, partition) => lastBatch(read, stream, partition),
    chunkOffsets: (before, fromOffset) => chunkOffsets(read, before, fromOffset),
    traceIds: (before, sinceMs) => traceIds(read, before, sinceMs),
    earlierSpans: (before, sinceMs, ids, maxSpansPerTrace, into) =>
      earlierSpans(read, before, sinceMs, ids, maxSpansPerTrace, into),
    hasBlock: (table, id) => hasBlock(read, tables[table], id),
    insert: (table, batch) => insertBatch(client, tables[table], batch),
    record: (record) => recordBatch(client, record),
  };
}
