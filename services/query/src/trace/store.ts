import type { TraceId } from '@spanloom/span';
import { positions, tracesByIds, type Position, type ReadClient, type StoredTrace } from '@spanloom/store';

/** What a read by id asks of the store, for one request. */
export interface TraceStore {
  /** Records of this partition of `traces` below it are stored; 0 where nothing is. */
  position(partition: number): Promise<number>;
  /** Those of which something is stored. */
  traces(traceIds: readonly TraceId[]): Promise<ReadonlyMap<TraceId, StoredTrace>>;
}

export function traceStoreOf(client: ReadClient, streamId: string): TraceStore {
  // Read once: an older position only makes us look through more of `traces`.
  let all: Promise<readonly Position[]> | null = null;
  return {
    async position(partition) {
      all ??= positions(client);
      return (await all).find((each) => each.stream === streamId && each.partition === partition)?.b ?? 0;
    },
    traces: async (traceIds) => await tracesByIds(client, traceIds),
  };
}
