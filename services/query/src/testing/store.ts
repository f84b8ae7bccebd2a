import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { figuresOf, SpanTable, type Span } from '@spanloom/span';
import { batchTables, migrate, openStore, startEmbedded, type Batch, type Store } from '@spanloom/store';
import { skimBody } from '@spanloom/wire';
import { wholenessOfSpans } from '../trace/verdict.ts';
import { chunkOf } from './records.ts';

/** For tests: a real ClickHouse in a temporary folder. */
export interface TestStore {
  readonly store: Store;
  /**
   * Stores these traces as the sink does, in one batch; the figures are complete up to `streamTimeMs`. `late`: the
   * traces are stored already, and these spans came after.
   */
  put(traces: readonly (readonly Span[])[], streamTimeMs: number, late?: boolean): Promise<void>;
  /** Takes all traces away, as if their time were over. */
  expireTraces(): Promise<void>;
  /** Merges what is stored, as ClickHouse does by and by: what indexes there are is used from then on. */
  merge(): Promise<void>;
  /** Makes the fragments of this trace, or of all if it is empty, such as a sink of before migration 8 wrote. */
  forgetLongest(traceId: string): Promise<void>;
  remove(): Promise<void>;
}

/** The stream and partition that `put` writes to. */
export const testPartition = { stream: 's1', partition: 0 } as const;

export async function startStore(): Promise<TestStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'spanloom-query-'));
  const clock = { now: () => Date.now(), sleep: async (ms: number) => await sleep(ms) };
  const engine = await startEmbedded({ dataDir, clock });
  const connection = { url: engine.url, password: engine.secret };
  await migrate(connection);
  const store = openStore(connection);
  const run = async (statement: string): Promise<void> => {
    const headers = { 'X-ClickHouse-User': 'default', 'X-ClickHouse-Key': engine.secret };
    const answer = await fetch(`${engine.url}/?database=spanloom`, { method: 'POST', headers, body: statement });
    if (!answer.ok) throw new Error(await answer.text());
  };
  let position = 0;
  return {
    store,
    async put(traces, streamTimeMs, late = false) {
      const batch = batchOf(traces, position, streamTimeMs, late);
      position = batch.id.b;
      for (const table of batchTables) await store.insert(table, batch);
      const { length: spans } = batch.spans;
      const watermark = { offset: position, streamTimeMs };
      await store.record({ id: batch.id, watermark, fragments: traces.length, spans, duplicateSpans: 0 });
    },
    async expireTraces() {
      for (const table of ['spans', 'resources', 'fragments']) await run(`TRUNCATE TABLE ${table}_data`);
    },
    async merge() {
      await run('OPTIMIZE TABLE spans_data FINAL');
    },
    async forgetLongest(traceId) {
      const columns = ['service_longest_ns', 'service_longest_error_ns', 'operation_hashes'];
      columns.push('operation_longest_ns', 'operation_longest_error_ns');
      await run(
        `ALTER TABLE fragments_data UPDATE ${columns.map((name) => `${name} = []`).join(', ')}
         WHERE '${traceId}' IN ('', lower(hex(trace_id))) SETTINGS mutations_sync = 1`,
      );
    },
    async remove() {
      await store.close();
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One fragment a trace, with one chunk, whose offset is that of the fragment. */
function batchOf(traces: readonly (readonly Span[])[], a: number, appendTimeMs: number, late: boolean): Batch {
  const table = new SpanTable();
  const rows = traces.map((spans) => {
    const { traceId, body } = chunkOf(spans);
    const from = table.length;
    const skimmed = skimBody(table, body);
    if (!skimmed.ok) throw new Error(skimmed.error.message);
    for (let row = from; row < table.length; row += 1)
      table.minute[row] = Math.floor((table.startMs[row] ?? 0) / 60_000);
    return { traceId, from, to: table.length };
  });
  return {
    id: { ...testPartition, a, b: a + traces.length, appendTimeMs },
    spans: table,
    figures: figuresOf(table, rows),
    fragments: rows.map((each, at) => ({
      ...each,
      position: a + at,
      reason: 'complete',
      wholeness: wholenessOfSpans(traces[at] ?? []),
      part: 0,
      parts: 1,
      chunkOffsets: [a + at],
      duplicateSpans: 0,
      unlinked: false,
      late,
      truncated: false,
      timeShifted: false,
    })),
  };
}
