import type { TraceId } from '@spanloom/span';
import { linksTo, tracesByIds } from '@spanloom/store';
import type { KnownOrigins, LinkFrom, Position, ReadClient, StoredTrace } from '@spanloom/store';
import { recentPositions } from './positions.ts';

/** What a read by id asks of the store, for one request. */
export interface TraceStore {
  /** Records of this partition of `traces` below it are stored; 0 where nothing is. */
  position(partition: number): Promise<number>;
  /** Those of which something is stored. */
  traces(traceIds: readonly TraceId[], origins?: KnownOrigins): Promise<ReadonlyMap<TraceId, StoredTrace>>;
}

/** A {@link TraceStore} for one trace and what links to it. */
export interface LinkedTraceStore extends TraceStore {
  /** Spans of other traces that link to it, of at most `limit`. After the trace was read it mostly takes no question of its own. */
  linksTo(traceId: TraceId, limit: number): Promise<LinkFrom[]>;
}

export function linkedTraceStoreOf(client: ReadClient, streamId: string): LinkedTraceStore {
  let linked: boolean | null = null;
  return {
    ...traceStoreOf(client, streamId),
    async traces(traceIds, origins) {
      const traces = await tracesByIds(client, traceIds, {
        linked: true,
        ...(origins === undefined ? {} : { origins }),
      });
      for (const trace of traces.values()) linked = trace.linked;
      return traces;
    },
    linksTo: async (traceId, limit) => (linked === false ? [] : await linksTo(client, traceId, limit)),
  };
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
