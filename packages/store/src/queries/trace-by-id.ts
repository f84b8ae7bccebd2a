import type { Span, TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read_client.ts';
import { fragmentColumns, fragmentInfoOf } from './fragment_info.ts';
import type { FragmentInfo, FragmentJson } from './fragment_info.ts';
import { storedSpans } from './stored_spans.ts';

/** All that is stored of a trace: its spans in `traces` order without duplicates, and the fragments they came in. */
export interface StoredTrace {
  readonly spans: readonly Span[];
  readonly fragments: readonly FragmentInfo[];
}

/** The trace of that id; both lists are empty where nothing is stored. */
export async function traceById(client: ReadClient, traceId: TraceId, options?: ReadOptions): Promise<StoredTrace> {
  const fragments = await client.rows<FragmentJson>(
    `SELECT ${fragmentColumns}
     FROM fragments_data
     WHERE marker = '' AND trace_id = unhex({traceId:String})
     ORDER BY stream, partition, position
     LIMIT 1 BY stream, partition, position`,
    { traceId },
    options,
  );
  if (fragments.length === 0) return { spans: [], fragments: [] };
  const days = fragments.map((fragment) => Math.floor(Number(fragment.append_ms) / msPerDay));
  const spans = await storedSpans(client, { traceId, fromDay: Math.min(...days), toDay: Math.max(...days) }, options);
  return { spans, fragments: fragments.map(fragmentInfoOf) };
}

const msPerDay = 86_400_000;
