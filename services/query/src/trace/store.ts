import type { TraceId } from '@spanloom/span';
import { positions, traceById, type ReadClient, type StoredTrace } from '@spanloom/store';

/** What a read by id asks of the store. */
export interface TraceStore {
  /** Records of this partition of `traces` below it are stored; 0 where nothing is. */
  position(partition: number): Promise<number>;
  trace(traceId: TraceId): Promise<StoredTrace>;
}

export function traceStoreOf(client: ReadClient, streamId: string): TraceStore {
  return {
    async position(partition) {
      const all = await positions(client);
      return all.find((each) => each.stream === streamId && each.partition === partition)?.b ?? 0;
    },
    trace: async (traceId) => await traceById(client, traceId),
  };
}
