import { serviceKey as keyOf } from '@spanloom/span';
import { edges, localSpans, services, type EdgeRow, type ReadClient } from '@spanloom/store';

export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

/**
 * Spans by the services of their parent and their own, of the whole minutes that the window touches.
 * They come out of the call edges, which know every span whose parent is in another service, and of
 * the operations, which know how many have theirs in the same one.
 */
export async function dependencies(store: ReadClient, endMs: number, lookbackMs: number): Promise<Dependency[]> {
  const window = {
    fromMinute: minuteOf(Math.floor((endMs - lookbackMs) / 60_000)),
    toMinute: minuteOf(Math.floor(endMs / 60_000) + 1),
  };
  const [rows, local, all] = await Promise.all([
    // Apart, so that a call that was answered does not share a row with one that was not.
    edges(store, { ...window, byOperation: true }),
    localSpans(store, window),
    services(store),
  ]);
  const known = new Set(all.map((service) => keyOf(service)));
  const byPair = new Map<string, Dependency>();
  const count = (parent: string, child: string, spans: number): void => {
    const key = JSON.stringify([parent, child]);
    byPair.set(key, { parent, child, callCount: (byPair.get(key)?.callCount ?? 0) + spans });
  };
  for (const row of rows) {
    const { client, server } = row;
    if (client === null || !known.has(keyOf(client)) || keyOf(client) === keyOf(server)) continue;
    const callCount = pairsOf(row);
    if (callCount > 0) count(client.name, server.name, callCount);
  }
  for (const { service, spans } of local) count(service, service, spans);
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
