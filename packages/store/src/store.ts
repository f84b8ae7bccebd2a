import type { Clock, TraceId } from '@spanloom/span';
import type { AuditRecord } from './audits/audits.ts';
import { recordAudit } from './audits/audits.ts';
import { compressesInserts, connect } from './client/connection.ts';
import type { ConnectionOptions } from './client/connection.ts';
import { readClient } from './client/read-client.ts';
import type { ReadClient, ReadLimits } from './client/read-client.ts';
import { keepTrace } from './keep/keep-trace.ts';
import type { SinkStore } from './port.ts';
import { byMajority, byQuorum, direct, seesAcknowledged } from './sink/consistency.ts';
import { rollupStore } from './rollups/store.ts';
import type { RollupStore } from './rollups/store.ts';
import { earlierSpans } from './sink/earlier-spans.ts';
import { insertBatch } from './sink/insert.ts';
import type { Writer } from './sink/insert.ts';
import { KnownRows } from './sink/known-rows.ts';
import { recorder } from './sink/record.ts';
import { chunkOffsets, hasBlock, lastBatch, traceIds } from './sink/state.ts';
import { tables } from './tables/index.ts';

/** Keeps traces for longer than the others live. */
export interface TraceKeeper {
  /**
   * Copies what is stored of the trace to where nothing expires; reads by id find it there. Resolves
   * with false where nothing is stored. A repeat keeps it once. Rejects with a `StoreError`.
   */
  keep(traceId: TraceId): Promise<boolean>;
}

/** ClickHouse as the sink writes it and the queries read it. */
export interface Store extends SinkStore, TraceKeeper {
  /** For the functions of `queries/`. */
  readonly read: ReadClient;
  /** For the rollup service. */
  readonly rollups: RollupStore;
  /** Notes what an audit found. Rejects with a `StoreError`, also where this user may not write. */
  recordAudit(audit: AuditRecord): Promise<void>;
  /** Whether the server answers now. */
  ping(): Promise<boolean>;
  /** Closes the connections; what is running is cut off. */
  close(): Promise<void>;
}

export interface StoreOptions extends ConnectionOptions {
  /** Of the queries that people ask; default 30 s and 1,000,000 rows. */
  readonly readLimits?: ReadLimits;
  /**
   * The tables have Replicated engines: inserts wait for a majority of replicas, and for each other.
   * The clock is for trying again where an insert of another process is on its way.
   */
  readonly replicated?: { readonly clock: Clock };
}

/** Opens the store; nothing is sent before the first call. The tables are made by `migrate`. */
export function openStore(options: StoreOptions): Store {
  const client = connect(options);
  const consistency = options.replicated === undefined ? direct : byMajority(options.replicated.clock);
  const read = consistency.reads(readClient(client, options.readLimits, seesAcknowledged));
  // A rollup that meets another insert fails, and is run again: it needs no turn.
  const rolling = options.replicated === undefined ? client : connect(options, { ...byQuorum, ...seesAcknowledged });
  const writer: Writer = {
    client,
    consistency,
    compress: compressesInserts(options),
    known: new KnownRows(),
  };
  return {
    read,
    rollups: rollupStore(rolling, read),
    recordAudit: (audit) => recordAudit(rolling, audit),
    ping: async () => (await client.ping()).success,
    async close() {
      await client.close();
      if (rolling !== client) await rolling.close();
    },
    lastBatch: (stream, partition) => lastBatch(read, stream, partition),
    chunkOffsets: (before, fromOffset) => chunkOffsets(read, before, fromOffset),
    traceIds: (before, sinceMs) => traceIds(read, before, sinceMs),
    earlierSpans: (before, sinceMs, ids, maxSpansPerTrace, into) =>
      earlierSpans(read, before, sinceMs, ids, maxSpansPerTrace, into),
    hasBlock: (table, id) => hasBlock(read, tables[table], id),
    insert: (table, batch, attempt = 1) => insertBatch(writer, tables[table], batch, attempt),
    record: recorder(writer),
    keep: (traceId) => keepTrace(writer, traceId),
  };
}
