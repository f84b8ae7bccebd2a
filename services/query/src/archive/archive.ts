import type { TraceId } from '@spanloom/span';
import type { TraceKeeper } from '@spanloom/store';
import type { ReadTraces } from '../trace/read.ts';
import type { TraceStore } from '../trace/store.ts';

/** What became of the wish to keep a trace. */
export type Kept = 'kept' | 'open' | 'not found';

/**
 * Copies a trace to where nothing expires; its URL stays the same. `open` where some of its spans are
 * not stored yet: they would be missing in the copy, so nothing is copied.
 */
export type Archive = (traceId: TraceId, store: TraceStore, signal: AbortSignal) => Promise<Kept>;

export function createArchive(readTraces: ReadTraces, keeper: TraceKeeper): Archive {
  return async (traceId, store, signal) => {
    const trace = (await readTraces([traceId], store, signal)).get(traceId);
    if (trace === undefined) return 'not found';
    if (trace.open) return 'open';
    return (await keeper.keep(traceId)) ? 'kept' : 'not found';
  };
}
