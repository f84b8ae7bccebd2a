import type { Span, TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { maxIdsPerQuery, traceIdList } from '../client/trace-id-list.ts';
import { fragmentColumns, fragmentInfoOf } from './fragment-info.ts';
import type { FragmentInfo, FragmentJson } from './fragment-info.ts';
import { storedSpans } from './stored-spans.ts';

/** All that is stored of a trace: its spans in `traces` order without duplicates, and the fragments they came in. */
export interface StoredTrace {
  readonly spans: readonly Span[];
  readonly fragments: readonly FragmentInfo[];
}

/** The trace of that id; both lists are empty where nothing is stored. */
export async function traceById(client: ReadClient, traceId: TraceId, options?: ReadOptions): Promise<StoredTrace> {
  const found = await tracesByIds(client, [traceId], options);
  return found.get(traceId) ?? { spans: [], fragments: [] };
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
  const fragments = new Map<TraceId, FragmentInfo[]>();
  for (let at = 0; at < distinct.length; at += maxIdsPerQuery) {
    await addFragments(client, distinct.slice(at, at + maxIdsPerQuery), fragments, options);
  }
  const stored = distinct.filter((id) => fragments.has(id));
  const spans = new Map<TraceId, Span[]>();
  for (const group of groupsOf(stored, (id) => spansOf(fragments.get(id)))) {
    const days = group
      .flatMap((id) => fragments.get(id) ?? [])
      .map((fragment) => Math.floor(fragment.appendTimeMs / msPerDay));
    const fromDay = days.reduce((least, day) => Math.min(least, day));
    const toDay = days.reduce((most, day) => Math.max(most, day));
    // Beside what was kept, there may be what came later.
    const kept = group.some((id) => fragments.get(id)?.some((fragment) => fragment.kept));
    for (const [id, found] of await storedSpans(client, { traceIds: group, fromDay, toDay, kept }, options))
      spans.set(id, found);
  }
  return new Map(stored.map((id) => [id, { spans: spans.get(id) ?? [], fragments: fragments.get(id) ?? [] }]));
}

/** About 50 MB of answer. A trace that is larger by itself is read by itself. */
const maxSpansPerQuery = 100_000;

const msPerDay = 86_400_000;

/** Adds the fragments of each trace in `traces` order; one that was kept is known of once. */
async function addFragments(
  client: ReadClient,
  traceIds: readonly TraceId[],
  into: Map<TraceId, FragmentInfo[]>,
  options?: ReadOptions,
): Promise<void> {
  const ofTraces = `trace_id IN (${traceIdList(traceIds)})`;
  const rows = await client.rows<FragmentJson & { id: TraceId }>(
    `SELECT lower(hex(trace_id)) AS id, ${fragmentColumns}
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
    const fragment = fragmentInfoOf(row);
    const known = into.get(row.id);
    if (known === undefined) into.set(row.id, [fragment]);
    else known.push(fragment);
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
