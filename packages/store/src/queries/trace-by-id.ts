import type { Span, TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { maxIdsPerQuery, traceIdList } from '../client/trace-id-list.ts';
import { fragmentColumns, fragmentInfoOf } from './fragment-info.ts';
import type { FragmentInfo, FragmentJson } from './fragment-info.ts';
import { fragmentHash, storedSpans } from './stored-spans.ts';
import type { SpansOfTrace } from './stored-spans.ts';

/** All that is stored of a trace: its spans in `traces` order without duplicates, and the fragments they came in. */
export interface StoredTrace {
  readonly spans: readonly Span[];
  /** For each span, which of `fragments` it came with; -1: one that came after they were read. */
  readonly fragmentOf: readonly number[];
  readonly fragments: readonly FragmentInfo[];
}

/** The trace of that id; both lists are empty where nothing is stored. */
export async function traceById(client: ReadClient, traceId: TraceId, options?: ReadOptions): Promise<StoredTrace> {
  const found = await tracesByIds(client, [traceId], options);
  return found.get(traceId) ?? { spans: [], fragmentOf: [], fragments: [] };
}

/**
 * The traces of these ids, in their order; those of which nothing is stored are left out. Three
 * queries for all of them, and two more for every {@link maxSpansPerQuery} spans.
 */
export async function tracesByIds(
  client: ReadClient,
  traceIds: readonly TraceId[],
  options?: ReadOptions,
): Promise<Map<TraceId, StoredTrace>> {
  const distinct = [...new Set(traceIds)];
  const fragments: Fragments = { of: new Map(), places: new Map() };
  for (let at = 0; at < distinct.length; at += maxIdsPerQuery) {
    await addFragments(client, distinct.slice(at, at + maxIdsPerQuery), fragments, options);
  }
  const stored = distinct.filter((id) => fragments.of.has(id));
  const spans = new Map<TraceId, SpansOfTrace>();
  for (const group of groupsOf(stored, (id) => spansOf(fragments.of.get(id)))) {
    const days = group
      .flatMap((id) => fragments.of.get(id) ?? [])
      .map((fragment) => Math.floor(fragment.appendTimeMs / msPerDay));
    const fromDay = days.reduce((least, day) => Math.min(least, day));
    const toDay = days.reduce((most, day) => Math.max(most, day));
    // Beside what was kept, there may be what came later.
    const kept = group.some((id) => fragments.of.get(id)?.some((fragment) => fragment.kept));
    for (const [id, found] of await storedSpans(client, { traceIds: group, fromDay, toDay, kept }, options))
      spans.set(id, found);
  }
  return new Map(stored.map((id) => [id, storedTrace(spans.get(id) ?? noSpans, fragments, id)]));
}

interface Fragments {
  /** In `traces` order. */
  readonly of: Map<TraceId, FragmentInfo[]>;
  /** By its {@link fragmentHash}: where a fragment stands among those of its trace. */
  readonly places: Map<bigint, number>;
}

const noSpans: SpansOfTrace = { spans: [], fragmentHashes: [] };

function storedTrace({ spans, fragmentHashes }: SpansOfTrace, { of, places }: Fragments, id: TraceId): StoredTrace {
  return {
    spans,
    fragmentOf: fragmentHashes.map((hash) => places.get(hash) ?? -1),
    fragments: of.get(id) ?? [],
  };
}

/** About 50 MB of answer. A trace that is larger by itself is read by itself. */
const maxSpansPerQuery = 100_000;

const msPerDay = 86_400_000;

/** Adds the fragments of each trace in `traces` order; one that was kept is known of once. */
async function addFragments(
  client: ReadClient,
  traceIds: readonly TraceId[],
  into: Fragments,
  options?: ReadOptions,
): Promise<void> {
  const ofTraces = `trace_id IN (${traceIdList(traceIds)})`;
  const rows = await client.rows<FragmentJson & { id: TraceId; hash: string }>(
    `SELECT lower(hex(trace_id)) AS id, ${fragmentHash} AS hash, ${fragmentColumns}
     FROM (
       SELECT 1 AS kept, * FROM kept_fragments WHERE ${ofTraces}
       UNION ALL
       SELECT 0 AS kept, * FROM fragments_data WHERE marker = '' AND ${ofTraces}
     )
     ORDER BY trace_id, stream, partition, position, kept DESC
     LIMIT 1 BY trace_id, stream, partition, position`,
    {},
    options,
  );
  for (const row of rows) {
    const fragments = into.of.get(row.id) ?? [];
    into.of.set(row.id, fragments);
    into.places.set(BigInt(row.hash), fragments.length);
    fragments.push(fragmentInfoOf(row));
  }
}

function spansOf(fragments: readonly FragmentInfo[] = []): number {
  return fragments.reduce((sum, fragment) => sum + fragment.spans, 0);
}

/** Runs of ids with at most {@link maxSpansPerQuery} spans and `maxIdsPerQuery` ids together. */
function groupsOf(ids: readonly TraceId[], sizeOf: (id: TraceId) => number): TraceId[][] {
  const groups: TraceId[][] = [];
  let spans = 0;
  for (const id of ids) {
    const group = groups.at(-1);
    spans += sizeOf(id);
    if (group !== undefined && spans <= maxSpansPerQuery && group.length < maxIdsPerQuery) {
      group.push(id);
    } else {
      groups.push([id]);
      spans = sizeOf(id);
    }
  }
  return groups;
}
