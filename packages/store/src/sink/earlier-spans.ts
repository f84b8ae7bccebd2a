import { serviceKey } from '@spanloom/span';
import type { LinkTarget, Service, SpanTable, TraceId } from '@spanloom/span';
import type { ReadClient } from '../client/read-client.ts';
import { maxIdsPerQuery, traceIdsIn } from '../client/trace-id-list.ts';
import { RowReader } from '../native/row-reader.ts';
import type { Before, EarlierTrace } from '../port.ts';
import { linksOf } from '../span-bytes/links.ts';
import { appendedSince, standsBefore, unlimited } from './state.ts';

/** See `SinkStore.earlierSpans`. */
export async function earlierSpans(
  client: ReadClient,
  before: Before,
  sinceMs: number,
  traceIds: readonly TraceId[],
  maxSpansPerTrace: number,
  into: SpanTable,
): Promise<ReadonlyMap<TraceId, EarlierTrace>> {
  const found = new Map<TraceId, EarlierTrace>();
  for (let at = 0; at < traceIds.length; at += maxIdsPerQuery) {
    const counts = await spanCounts(client, before, sinceMs, traceIds.slice(at, at + maxIdsPerQuery));
    const small: TraceId[] = [];
    for (const [traceId, spans] of counts) {
      if (spans > maxSpansPerTrace) found.set(traceId, { from: into.length, to: into.length, tooLarge: true });
      else small.push(traceId);
    }
    if (small.length > 0) await loadSpans(client, before, sinceMs, small, into, found);
  }
  return found;
}

/** Spans per trace, from the fragments alone: most look-ups are of traces without any. */
async function spanCounts(
  client: ReadClient,
  before: Before,
  sinceMs: number,
  traceIds: readonly TraceId[],
): Promise<Map<TraceId, number>> {
  const rows = await client.rows<{ id: TraceId; span_count: string }>(
    `SELECT lower(hex(trace_id)) AS id, sum(f.spans) AS span_count
     FROM fragments_data AS f
     WHERE ${standsBefore} AND ${appendedSince} AND ${traceIdsIn(traceIds)}
     GROUP BY trace_id
     HAVING span_count > 0`,
    { ...before, sinceMs },
    unlimited,
  );
  return new Map(rows.map((row) => [row.id, Number(row.span_count)]));
}

async function loadSpans(
  client: ReadClient,
  before: Before,
  sinceMs: number,
  traceIds: readonly TraceId[],
  into: SpanTable,
  found: Map<TraceId, EarlierTrace>,
): Promise<void> {
  const ofTraces = traceIdsIn(traceIds);
  const reader = new RowReader(
    await client.bytes(
      `SELECT trace_id, span_id, parent_span_id, kind, status, start_ns, duration_ns, minute, weight,
         environment, namespace, service, name, operation, peer_kind, peer, rest
       FROM spans_data
       WHERE ${standsBefore} AND day >= toDate(fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC'))
         AND ${ofTraces}
         AND (trace_id, position) IN (
           SELECT trace_id, position FROM fragments_data
           WHERE ${standsBefore} AND ${appendedSince} AND ${ofTraces})
       ORDER BY trace_id, position, ordinal
       LIMIT 1 BY trace_id, position, ordinal`,
      'RowBinary',
      { ...before, sinceMs },
      unlimited,
    ),
  );
  while (reader.more) {
    const id = reader.fixed(16).toString('hex');
    const from = found.get(id)?.from ?? into.length;
    readRow(reader, into);
    found.set(id, { from, to: into.length, tooLarge: false });
  }
}

function readRow(reader: RowReader, into: SpanTable): void {
  const row = into.addRow();
  into.idHi[row] = reader.uint32BigEndian();
  into.idLo[row] = reader.uint32BigEndian();
  into.parentHi[row] = reader.uint32BigEndian();
  into.parentLo[row] = reader.uint32BigEndian();
  into.kind[row] = reader.uint8();
  into.status[row] = reader.uint8();
  const startNs = reader.uint64();
  into.startMs[row] = Number(startNs / 1_000_000n);
  into.startSubNs[row] = Number(startNs % 1_000_000n);
  into.durationNs[row] = Number(reader.uint64());
  into.minute[row] = reader.int32();
  into.weight[row] = Number(reader.uint64());
  const service: Service = {
    environment: reader.text(),
    namespace: reader.text(),
    name: reader.text(),
  };
  into.service[row] = into.services.id(serviceKey(service), () => service);
  into.name[row] = stringId(into, reader.text());
  into.operation[row] = stringId(into, reader.text());
  into.peerKind[row] = reader.uint8();
  into.peer[row] = stringId(into, reader.text());
  // These rows are for counting: where they came from is not needed, and their bytes stay in the store.
  into.origin[row] = -1;
  const links: readonly LinkTarget[] = linksOf(reader.blob());
  if (links.length > 0) into.links.set(row, links);
}

function stringId(into: SpanTable, text: string): number {
  return into.strings.id(text, () => text);
}
