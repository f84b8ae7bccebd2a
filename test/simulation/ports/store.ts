import { type SpanTable, serviceKey } from '@spanloom/span';
import {
  type Batch,
  type BatchId,
  type BatchRecord,
  type BatchTable,
  type Before,
  type EarlierTrace,
  type FragmentRow,
  type SinkStore,
  StoreError,
  batchTables,
} from '@spanloom/store';

import type { Network } from '../world/calls.ts';
import type { Actor, Scheduler } from '../world/scheduler.ts';

const broken = (why: string): Error => new StoreError(`the store: ${why}`, 'unavailable');
const dayMs = 86_400_000;

/** A fragment as it is stored, with the table that its spans are in. */
export interface StoredFragment {
  readonly row: FragmentRow;
  readonly spans: SpanTable;
  readonly appendTimeMs: number;
}

interface Table {
  readonly blocks: Batch[];
  /** When each token was last used, Unix milliseconds. */
  readonly tokens: Map<string, number>;
  /** The highest b by day. */
  readonly markers: Map<number, number>;
}

/** Who is told of what happens to the store. */
export interface StoreWatcher {
  inserted(table: BatchTable, batch: Batch): void;
  recorded(record: BatchRecord): void;
}

/** ClickHouse, as its port promises it. */
export class SimulatedStore {
  readonly tables: Readonly<Record<BatchTable, Table>>;
  readonly records: BatchRecord[] = [];
  readonly #scheduler: Scheduler;
  readonly #network: Network;
  readonly #tokenMs: number;
  watcher: StoreWatcher | null = null;
  /** Whether a table refuses this batch for its data. */
  refuses: (table: BatchTable, batch: Batch) => boolean = () => false;

  constructor(scheduler: Scheduler, network: Network, tokenMs: number) {
    this.#scheduler = scheduler;
    this.#network = network;
    this.#tokenMs = tokenMs;
    const table = (): Table => ({ blocks: [], tokens: new Map(), markers: new Map() });
    this.tables = Object.fromEntries(batchTables.map((name) => [name, table()])) as Record<BatchTable, Table>;
  }

  /** After an outage no token is known but those of blocks that arrived in it. */
  forgetTokens(): void {
    for (const name of batchTables) {
      const { tokens } = this.tables[name];
      // A token is on disk before its block: what a server may lose of them is not the newest.
      for (const [token, atMs] of tokens) if (atMs < this.#scheduler.nowMs) tokens.delete(token);
    }
  }

  /** The fragments below a position, by position. */
  fragments(below: number): StoredFragment[] {
    return this.tables.fragments.blocks
      .flatMap((batch) =>
        batch.fragments.map((row) => ({ row, spans: batch.spans, appendTimeMs: batch.id.appendTimeMs })),
      )
      .filter(({ row }) => row.position < below)
      .sort((a, b) => a.row.position - b.row.position);
  }

  lastBatch(): BatchRecord | null {
    return this.records.reduce<BatchRecord | null>(
      (last, each) => (last === null || each.id.b > last.id.b ? each : last),
      null,
    );
  }

  port(actor: Actor): SinkStore {
    const call = <T>(what: () => string, reads: boolean, effect: () => T, part?: () => void): Promise<T> =>
      this.#network.call(actor, {
        target: 'store',
        what,
        reads,
        effect,
        broken,
        ...(part === undefined ? {} : { part }),
      });
    return {
      lastBatch: () =>
        call(
          () => 'reads the last batch',
          true,
          () => this.lastBatch(),
        ),
      chunkOffsets: (before, from) =>
        call(
          () => `reads chunks below ${before.below}`,
          true,
          () => this.fragments(before.below).flatMap(({ row }) => row.chunkOffsets.filter((offset) => offset >= from)),
        ),
      traceIds: (before, sinceMs) =>
        call(
          () => 'reads trace ids',
          true,
          () =>
            this.fragments(before.below)
              .filter(({ appendTimeMs }) => appendTimeMs >= sinceMs)
              .map(({ row }) => Buffer.from(row.traceId, 'hex')),
        ),
      earlierSpans: (before, sinceMs, traceIds, most, into) =>
        call(
          () => `reads earlier spans of ${traceIds.length} traces`,
          true,
          () => this.#earlier(before, sinceMs, traceIds, most, into),
        ),
      hasBlock: (table, id) =>
        call(
          () => `looks for [${id.a}, ${id.b}) in ${table}`,
          true,
          () => (this.tables[table].markers.get(dayOf(id)) ?? 0) >= id.b,
        ),
      insert: (table, batch, attempt = 1) =>
        call(
          () => `inserts [${batch.id.a}, ${batch.id.b}) into ${table}${attempt === 1 ? '' : `, attempt ${attempt}`}`,
          false,
          () => {
            this.#insert(table, batch, attempt);
            return true;
          },
          () => this.#loseBlock(table, batch, attempt),
        ),
      record: (record) =>
        call(
          () => `records [${record.id.a}, ${record.id.b}), watermark ${record.watermark.offset}`,
          false,
          () => {
            this.records.push(record);
            this.watcher?.recorded(record);
          },
        ),
    };
  }

  #knows(name: BatchTable, token: string): boolean {
    const usedMs = this.tables[name].tokens.get(token);
    return usedMs !== undefined && this.#scheduler.nowMs - usedMs <= this.#tokenMs;
  }

  /** The server is killed when the token is on disk, and the block not yet in its place. */
  #loseBlock(name: BatchTable, batch: Batch, attempt: number): void {
    const token = tokenOf(batch.id, attempt);
    if (this.#knows(name, token) || this.refuses(name, batch)) return;
    this.tables[name].tokens.set(token, this.#scheduler.nowMs);
  }

  #insert(name: BatchTable, batch: Batch, attempt: number): void {
    const table = this.tables[name];
    const token = tokenOf(batch.id, attempt);
    if (this.#knows(name, token)) return;
    if (this.refuses(name, batch)) throw new StoreError(`${name} refuses the data`, 'refused');
    table.tokens.set(token, this.#scheduler.nowMs);
    table.blocks.push(batch);
    const day = dayOf(batch.id);
    table.markers.set(day, Math.max(table.markers.get(day) ?? 0, batch.id.b));
    this.watcher?.inserted(name, batch);
  }

  #earlier(
    before: Before,
    sinceMs: number,
    traceIds: readonly string[],
    most: number,
    into: SpanTable,
  ): ReadonlyMap<string, EarlierTrace> {
    const wanted = new Set(traceIds);
    const found = new Map<string, EarlierTrace>();
    const byTrace = new Map<string, StoredFragment[]>();
    for (const fragment of this.fragments(before.below)) {
      if (!wanted.has(fragment.row.traceId) || fragment.appendTimeMs < sinceMs) continue;
      byTrace.set(fragment.row.traceId, [...(byTrace.get(fragment.row.traceId) ?? []), fragment]);
    }
    for (const [traceId, fragments] of byTrace) {
      const count = fragments.reduce((sum, { row }) => sum + rowsOfFragment(row).length, 0);
      const from = into.length;
      if (count <= most)
        for (const { row, spans } of fragments) for (const each of rowsOfFragment(row)) copyRow(spans, each, into);
      found.set(traceId, { from, to: into.length, tooLarge: count > most });
    }
    return found;
  }
}

function tokenOf({ a, b }: BatchId, attempt: number): string {
  return `${a}-${b}/${attempt}`;
}

function dayOf(id: BatchId): number {
  return Math.floor(id.appendTimeMs / dayMs);
}

/** The rows of the table that the fragment stores. */
export function rowsOfFragment({ rows, from, to }: FragmentRow): readonly number[] {
  return rows === undefined ? Array.from({ length: to - from }, (_, i) => from + i) : [...rows];
}

/** What the store gives back of a stored span: the columns that figures are made of. */
export function copyRow(spans: SpanTable, row: number, into: SpanTable): void {
  const to = into.addRow();
  const text = (id: number | undefined): number => {
    const value = spans.strings.values[id ?? 0] ?? '';
    return into.strings.id(value, () => value);
  };
  const columns = [
    'idHi',
    'idLo',
    'parentHi',
    'parentLo',
    'kind',
    'status',
    'startMs',
    'startSubNs',
    'durationNs',
    'minute',
    'weight',
    'peerKind',
  ] as const;
  for (const column of columns) into[column][to] = spans[column][row] ?? 0;
  const service = spans.services.values[spans.service[row] ?? 0] ?? { environment: '', namespace: '', name: '' };
  into.service[to] = into.services.id(serviceKey(service), () => service);
  into.name[to] = text(spans.name[row]);
  into.operation[to] = text(spans.operation[row]);
  into.peer[to] = text(spans.peer[row]);
  into.origin[to] = -1;
  const links = spans.links.get(row);
  if (links !== undefined) into.links.set(to, links);
}
