import type { TraceId } from '@spanloom/span';
import { tracesByIds, type KnownOrigins, type Position, type ReadClient, type StoredTrace } from '@spanloom/store';
import { recentPositions } from './positions.ts';

/** What a read by id asks of the store, for one request. */
export interface TraceStore {
  /** Records of this partition of `traces` below it are stored; 0 where nothing is. */
  position(partition: number): Promise<number>;
  /** Those of which something is stored. */
  traces(traceIds: readonly TraceId[], origins?: KnownOrigins): Promise<ReadonlyMap<TraceId, StoredTrace>>;
}

export function traceStoreOf(client: ReadClient, streamId: string): TraceStore {
  let all: Promise<readonly Position[]> | null = null;
  return {
    async position(partition) {
      all ??= recentPositions(client);
      return (await all).find((each) => each.stream === streamId && each.partition === partition)?.b ?? 0;
    },
    traces: async (traceIds, origins) => await tracesByIds(client, traceIds, origins === undefined ? {} : { origins }),
  };
}
