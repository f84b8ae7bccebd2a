import type { Span, TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { maxIdsPerQuery, traceIdsIn } from '../client/trace-id-list.ts';
import { fragmentColumns, fragmentInfoOf } from './fragment-info.ts';
import type { FragmentInfo, FragmentJson } from './fragment-info.ts';
import { KnownOrigins } from './origins.ts';
import { fragmentHash, storedSpans } from './stored-spans.ts';
import type { SpansOfTrace } from './stored-spans.ts';

/** All that is stored of a trace: its spans in `traces` order without duplicates, and the fragments they came in. */
export interface StoredTrace {
  readonly spans: readonly Span[];
  /** For each span, which of `fragments` it came with; -1: one that came after they were read. */
  readonly fragmentOf: readonly number[];
  readonly fragments: readonly FragmentInfo[];
}

export interface TracesOptions extends ReadOptions {
  /** Resources that other calls have read. Default: none. */
  readonly origins?: KnownOrigins;
}

/** The trace of that id; both lists are empty where nothing is stored. */
export async function traceById(client: ReadClient, traceId: TraceId, options?: TracesOptions): Promise<StoredTrace> {
  const found = await tracesByIds(client, [traceId], options);
  return found.get(traceId) ?? { spans: [], fragmentOf: [], fragments: [] };
}

/**
 * The traces of these ids, in their order; those of which nothing is stored are left out. Two
 * queries for all of them, a third where some were kept or are not there, and one or two more for
 * every {@link maxSpansPerQuery} spans.
 */
export async function tracesByIds(
  client: ReadClient,
  traceIds: readonly TraceId[],
  options?: TracesOptions,
): Promise<Map<TraceId, StoredTrace>> {
  const distinct = [...new Set(traceIds)];
  const origins = options?.origins ?? new KnownOrigins();
  const fragments: Fragments = { of: new Map(), places: new Map() };
  const [first] = distinct;
  // Of one trace, spans are read at the same time: when they were appended is only asked to look at fewer days.
  const early =
    first === undefined || distinct.length > 1
      ? null
      : storedSpans(client, { traceIds: [first], days: null, kept: false, origins }, { ...options, maxThreads: 1 });
  const [found] = await Promise.all([early, readFragments(client, distinct, fragments, options)]);
  const stored = distinct.filter((id) => fragments.of.has(id));
  const spans = new Map<TraceId, SpansOfTrace>(found ?? []);
  const unread = stored.filter((id) => !isRead(fragments, id, spans.get(id)));
  for (const group of groupsOf(unread, (id) => spansOf(fragments.of.get(id)))) {
    const all = group.flatMap((id) => fragments.of.get(id) ?? []);
    const days = all.map((fragment) => Math.floor(fragment.appendTimeMs / msPerDay));
    const from = days.reduce((least, day) => Math.min(least, day));
    const to = days.reduce((most, day) => Math.max(most, day));
    // Beside what was kept, there may be what came later.
    const kept = all.some((fragment) => fragment.kept);
    for (const [id, each] of await storedSpans(client, { traceIds: group, days: { from, to }, kept, origins }, options))
      spans.set(id, each);
  }
  return new Map(stored.map((id) => [id, storedTrace(spans.get(id) ?? noSpans, fragments, id)]));
}

/**
 * Whether spans that were read beside the fragments have one of each: a fragment may have come just
 * after them, and its spans with it. Of what was kept they are not all here.
 */
function isRead({ of, places }: Fragments, id: TraceId, spans: SpansOfTrace | undefined): boolean {
  if (spans === undefined) return false;
  const seen = new Set(spans.fragmentHashes.map((hash) => places.get(hash)));
  return (of.get(id) ?? []).every((fragment, place) => !fragment.kept && (fragment.spans === 0 || seen.has(place)));
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

async function readFragments(
  client: ReadClient,
  traceIds: readonly TraceId[],
  into: Fragments,
  options?: ReadOptions,
): Promise<void> {
  for (let at = 0; at < traceIds.length; at += maxIdsPerQuery) {
    const ids = traceIds.slice(at, at + maxIdsPerQuery);
    addFragments(await fragmentRows(client, ids, options), into);
  }
}

type FragmentRow = FragmentJson & { readonly id: TraceId; readonly hash: string };

/** What was kept first. It is only read of traces that were, and of those that are nowhere else: few are. */
async function fragmentRows(
  client: ReadClient,
  traceIds: readonly TraceId[],
  options?: ReadOptions,
): Promise<FragmentRow[]> {
  const ofTraces = traceIdsIn(traceIds);
  const live = await client.rows<FragmentRow & { readonly has_copy: number }>(
    `SELECT trace_id IN (SELECT trace_id FROM kept_traces WHERE ${ofTraces}) AS has_copy, 0 AS kept, ${rowColumns}
     FROM fragments_data WHERE marker = '' AND ${ofTraces}`,
    {},
    { ...options, maxThreads: 1 },
  );
  const liveOnly = new Set(live.flatMap((row) => (row.has_copy === 1 ? [] : row.id)));
  const others = traceIds.filter((id) => !liveOnly.has(id));
  if (others.length === 0) return live;
  const kept = await client.rows<FragmentRow>(
    `SELECT 1 AS kept, ${rowColumns} FROM kept_fragments WHERE marker = '' AND ${traceIdsIn(others)}`,
    {},
    { ...options, maxThreads: 1 },
  );
  return [...kept, ...live];
}

const rowColumns = `lower(hex(trace_id)) AS id, ${fragmentHash} AS hash, ${fragmentColumns}`;

/** Adds the fragments of each trace in `traces` order; the first of those that are there several times. */
function addFragments(rows: readonly FragmentRow[], into: Fragments): void {
  for (const row of rows.toSorted(byPlace)) {
    const hash = BigInt(row.hash);
    if (into.places.has(hash)) continue;
    const fragments = into.of.get(row.id) ?? [];
    into.of.set(row.id, fragments);
    into.places.set(hash, fragments.length);
    fragments.push(fragmentInfoOf(row));
  }
}

function byPlace(x: FragmentRow, y: FragmentRow): number {
  if (x.stream !== y.stream) return x.stream < y.stream ? -1 : 1;
  return x.partition - y.partition || Number(x.position) - Number(y.position);
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
