/** Which spans of a trace make calls, and to whom. The rules stand in {@link findCalls}. */
import { halvesOfSpanId } from '../id.ts';
import type { TraceId } from '../span.ts';
import { SpanKind } from '../span.ts';
import type { LinkTarget, SpanTable } from '../table.ts';
import { PeerKind } from '../table.ts';
import type { TraceShape } from './shape.ts';

/** Told of every call in a trace, by rows of the table. */
export interface CallVisitor {
  /** A client or producer span and the span that it caused on the other side. */
  pair(client: number, server: number): void;
  /** A span whose parent is in another service, and is not a client or producer span. */
  plain(caller: number, server: number): void;
  /** A server or consumer span whose caller is not here. */
  entry(server: number): void;
  /** A consumer span whose message came from another trace: its peer names the destination. */
  fromDestination(consumer: number): void;
  /** A client or producer span without another side. */
  unanswered(client: number): void;
}

const paired = 1;
const wrapper = 2;

/**
 * Visits the calls of a trace. Only direct parents count, and:
 *
 * - A CLIENT or PRODUCER is paired with each child that is in another service, and with each SERVER
 *   (of a PRODUCER: also CONSUMER) child in its own. Several children are several calls, each with
 *   the client's duration, so that a call is the same thing on both sides.
 * - A CONSUMER is also paired with each PRODUCER of the trace that it links to (a CLIENT, if it is
 *   another service's), once with each. Each distinct link into another trace is a call from the
 *   destination that the consumer names. If it has such links, its parent counts only as a producer.
 * - Any other span whose parent is in another service makes a plain call.
 * - A SERVER or CONSUMER with none of these, whose parent is not here, is an entry.
 * - A CLIENT or PRODUCER that nothing was paired with is unanswered; unless it names no peer and
 *   has a CLIENT or PRODUCER child in its own service: that one is the call, this one wraps it.
 */
export function findCalls(table: SpanTable, shape: TraceShape, traceId: TraceId, visitor: CallVisitor): void {
  const { count, row, parent, flags } = shape;
  let callers = 0;
  for (let span = 0; span < count; span += 1) {
    const here = row[span] ?? 0;
    const kind = table.kind[here] ?? 0;
    if (isCaller(kind)) callers += 1;
    const above = parent[span] ?? -1;
    const answered = above >= 0 && answers(table, row[above] ?? 0, here);
    if (answered) {
      visitor.pair(row[above] ?? 0, here);
      flags[above] = (flags[above] ?? 0) | paired;
    }
    const links = kind === SpanKind.consumer && table.links.size > 0 ? table.links.get(here) : undefined;
    const linked = links !== undefined && findLinked({ table, shape, traceId, visitor }, span, links);
    if (answered || linked) continue;
    if (above < 0) {
      if (kind === SpanKind.server || kind === SpanKind.consumer) visitor.entry(here);
      continue;
    }
    if (table.service[row[above] ?? 0] !== table.service[here]) visitor.plain(row[above] ?? 0, here);
    else if (isCaller(kind)) flags[above] = (flags[above] ?? 0) | wrapper;
  }
  for (let span = 0; callers > 0 && span < count; span += 1) {
    const here = row[span] ?? 0;
    if (!isCaller(table.kind[here] ?? 0)) continue;
    callers -= 1;
    const flag = flags[span] ?? 0;
    const wraps = (flag & wrapper) !== 0 && table.peerKind[here] === PeerKind.none;
    if ((flag & paired) === 0 && !wraps) visitor.unanswered(here);
  }
}

function isCaller(kind: number): boolean {
  return kind === SpanKind.client || kind === SpanKind.producer;
}

/** Whether the span in row `child` is what the call in row `parent` caused. */
function answers(table: SpanTable, parent: number, child: number): boolean {
  const parentKind = table.kind[parent] ?? 0;
  if (!isCaller(parentKind)) return false;
  if (table.service[parent] !== table.service[child]) return true;
  const kind = table.kind[child];
  return kind === SpanKind.server || (kind === SpanKind.consumer && parentKind === SpanKind.producer);
}

interface Walk {
  readonly table: SpanTable;
  readonly shape: TraceShape;
  readonly traceId: TraceId;
  readonly visitor: CallVisitor;
}

/** Visits the calls that reached a consumer by its links; whether there were any. */
function findLinked({ table, shape, traceId, visitor }: Walk, consumer: number, links: readonly LinkTarget[]): boolean {
  const here = shape.row[consumer] ?? 0;
  const producers = new Set<number>();
  const elsewhere = new Set<string>();
  for (const link of links) {
    if (link.traceId === traceId) {
      const producer = linkedProducer(table, shape, here, link);
      if (producer >= 0) producers.add(producer);
    } else if (table.peerKind[here] !== PeerKind.none) {
      elsewhere.add(link.traceId + link.spanId);
    }
  }
  for (const producer of producers) {
    const byParent = producer === shape.parent[consumer] && answers(table, shape.row[producer] ?? 0, here);
    if (!byParent) visitor.pair(shape.row[producer] ?? 0, here);
    shape.flags[producer] = (shape.flags[producer] ?? 0) | paired;
  }
  for (let calls = 0; calls < elsewhere.size; calls += 1) visitor.fromDestination(here);
  return producers.size + elsewhere.size > 0;
}

function linkedProducer(table: SpanTable, shape: TraceShape, consumer: number, link: LinkTarget): number {
  const { hi, lo } = halvesOfSpanId(link.spanId);
  let client = -1;
  for (let span = shape.firstWithId(hi, lo); span >= 0; span = shape.nextWithSameId(span)) {
    const row = shape.row[span] ?? 0;
    if (table.kind[row] === SpanKind.producer) return span;
    if (table.kind[row] === SpanKind.client && table.service[row] !== table.service[consumer]) client = span;
  }
  return client;
}
