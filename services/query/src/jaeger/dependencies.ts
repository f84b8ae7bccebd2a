import { serviceKey as keyOf } from '@spanloom/span';
import { edges, services, type EdgeRow, type ReadClient } from '@spanloom/store';

export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

/**
 * Spans by the services of their parent and their own, of the whole minutes that the window touches.
 * They come out of the call edges, which know every span whose parent is in another service, and
 * the calls (client to server, producer to consumer) that a service makes to itself.
 */
export async function dependencies(store: ReadClient, endMs: number, lookbackMs: number): Promise<Dependency[]> {
  const rows = await edges(store, {
    fromMinute: minuteOf(Math.floor((endMs - lookbackMs) / 60_000)),
    toMinute: minuteOf(Math.floor(endMs / 60_000) + 1),
    // Apart, so that a call that was answered does not share a row with one that was not.
    byOperation: true,
  });
  const known = new Set((await services(store)).map((service) => keyOf(service)));
  const byPair = new Map<string, Dependency>();
  for (const row of rows) {
    const { client, server } = row;
    const callCount = client !== null && known.has(keyOf(client)) ? pairsOf(row) : 0;
    if (client === null || callCount <= 0) continue;
    const key = JSON.stringify([client.name, server.name]);
    const before = byPair.get(key)?.callCount ?? 0;
    byPair.set(key, { parent: client.name, child: server.name, callCount: before + callCount });
  }
  return [...byPair.values()];
}

export function ofService(all: readonly Dependency[], service: string): readonly Dependency[] {
  return all.filter((each) => service === '' || each.parent === service || each.child === service);
}

/** How many spans of a row have a parent in the client: a span each, whatever it stands for where traces are sampled. */
function pairsOf({ kind, calls, sampledCalls, unpaired, serverHistogram }: EdgeRow): number {
  if ((kind !== 'rpc' && kind !== 'messaging') || serverHistogram.size === 0 || calls === 0) return 0;
  return Math.round((sampledCalls * (calls - unpaired)) / calls);
}

/** Within what the store can hold, to 2106. */
function minuteOf(minute: number): number {
  return Math.min(Math.max(0, minute), 71_582_788);
}
