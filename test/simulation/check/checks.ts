import type { Committed, LogRecord, Topic } from '@spanloom/log';
import { type CloseReason, wholeness } from '@spanloom/span';
import { type Batch, type BatchRecord, type BatchTable, batchTables } from '@spanloom/store';
import { type SpansRecord, type TraceRecord, decodeSpansRecord, decodeTracesValue } from '@spanloom/wire';

import type { SimulatedLog } from '../ports/log.ts';
import { type SimulatedStore, rowsOfFragment } from '../ports/store.ts';
import { type LedgerFragment, Totals, ledgerFigures } from './figures.ts';
import { type Limits, expectedGroups } from './oracle.ts';
import { Violation } from './violation.ts';

/** A chunk that was acknowledged. */
interface Chunk {
  readonly offset: number;
  readonly record: SpansRecord;
  /** Stream time at its offset. */
  readonly streamTimeMs: number;
  emitted: boolean;
  /** The last position of `traces` where it stands since its owner of the time knew that it does; -1: none. */
  knownAt: number;
}

/** What must hold, looked at after each step that could break it, and once more when all is quiet. */
export class Checks {
  readonly #log: SimulatedLog;
  readonly #store: SimulatedStore;
  readonly #limits: Limits;
  readonly #chunks: Map<number, Chunk> = new Map();
  readonly #stored: Readonly<Record<BatchTable, Map<number, string>>>;
  readonly #totals: Totals = new Totals();
  readonly #traces: Map<number, TraceRecord> = new Map();
  /** Chunks in `spans.dlq`, and ones that expired unread. */
  readonly #given: Set<number> = new Set();
  /** Positions of `traces` in `spans.dlq`, and ones that expired unread. */
  readonly #givenPositions: Set<number> = new Set();
  /** A chunk that was given up came again when a table of figures had counted it already. */
  #countedAgain = false;
  readonly #pressed: Set<string> = new Set();
  #streamTimeMs = 0;
  #lastRecorded = 0;
  /** Of the last batch that was recorded. */
  #watermark = 0;
  /** The same without records that arrived when their sender had given up: a sink begins at what it read before. */
  #knownWatermark = 0;
  /** Whether what is appended now was sent by somebody who has lost the partition since, or who gave up waiting. */
  readonly #isStray: () => boolean;
  /** Whether what is recorded now was given up by who sent it. */
  readonly #isLate: () => boolean;

  constructor(
    log: SimulatedLog,
    store: SimulatedStore,
    limits: Limits,
    { isStray, isLate }: { readonly isStray: () => boolean; readonly isLate: () => boolean },
  ) {
    this.#isStray = isStray;
    this.#isLate = isLate;
    this.#log = log;
    this.#store = store;
    this.#limits = limits;
    this.#stored = Object.fromEntries(batchTables.map((name) => [name, new Map()])) as Record<
      BatchTable,
      Map<number, string>
    >;
    log.watcher = {
      appended: (topic, records) => this.#appended(topic, records),
      committed: (group, committed) => this.#committed(group, committed),
    };
    store.watcher = {
      inserted: (table, batch) => this.#inserted(table, batch),
      recorded: (record) => this.#recorded(record),
    };
  }

  get chunks(): number {
    return this.#chunks.size;
  }

  /** Records of `traces` that expired before the sink read them. */
  expiredTraces(from: number, to: number): void {
    for (let position = from; position < to; position++) this.#givePosition(position);
  }

  /** Every chunk is stored or accounted for, and every batch recorded. */
  quiet(): boolean {
    for (const { offset } of this.#chunks.values()) if (!this.#handled(offset)) return false;
    const last = this.#log.topics.traces.findLast((record) => record.key !== null);
    return (
      last === undefined || last.offset < this.#log.low.traces || (this.#store.lastBatch()?.id.b ?? 0) > last.offset
    );
  }

  #handled(offset: number): boolean {
    return this.#given.has(offset) || batchTables.every((table) => this.#stored[table].has(offset));
  }

  #appended(topic: Topic, records: readonly LogRecord[]): void {
    for (const record of records) {
      if (topic === 'spans') this.#appendedSpans(record);
      else if (topic === 'traces') this.#appendedTraces(record);
      else this.#appendedDeadLetter(record);
    }
  }

  #appendedSpans(record: LogRecord): void {
    this.#streamTimeMs = Math.max(this.#streamTimeMs, record.appendTimeMs);
    if (record.value === null) return;
    const decoded = decodeSpansRecord(record.value);
    const { offset } = record;
    // An envelope that nobody can read is no chunk; it must end among the dead letters all the same.
    const unreadable = {
      traceId: '',
      index: null,
      codec: 'none',
      body: Buffer.alloc(0),
      truncated: false,
    } as unknown as SpansRecord;
    this.#chunks.set(offset, {
      offset,
      record: decoded.ok ? decoded.value : unreadable,
      streamTimeMs: this.#streamTimeMs,
      emitted: false,
      knownAt: -1,
    });
  }

  #appendedTraces(record: LogRecord): void {
    const decoded = decodeTracesValue(record.value ?? Buffer.alloc(0));
    if (!decoded.ok) throw new Violation(`traces@${record.offset} cannot be read: ${decoded.error.message}`);
    const { watermark } = decoded.value;
    for (const chunk of this.#chunks.values()) {
      if (chunk.offset < watermark.offset && !chunk.emitted && !this.#given.has(chunk.offset)) {
        throw new Violation(
          `traces@${record.offset} vouches for everything below ${watermark.offset}, but chunk ${chunk.offset} is not in traces`,
        );
      }
      if (chunk.offset >= watermark.offset && chunk.streamTimeMs < watermark.streamTimeMs) {
        throw new Violation(
          `traces@${record.offset} vouches for the time before ${watermark.streamTimeMs}, but chunk ${chunk.offset} is older`,
        );
      }
    }
    if (decoded.value.type === 'heartbeat') return;
    this.#traces.set(record.offset, decoded.value);
    // What is left of a trace when a part of it is out is a trace of its own, if its owner dies.
    if (decoded.value.reason === 'pressure' || decoded.value.parts > 1) this.#pressed.add(decoded.value.traceId);
    for (const { offset } of decoded.value.chunks) {
      const chunk = this.#chunks.get(offset);
      if (chunk === undefined)
        throw new Violation(`traces@${record.offset} holds chunk ${offset}, which was never acknowledged`);
      chunk.emitted = true;
      if (this.#isStray()) continue;
      if (chunk.knownAt >= this.#log.low.traces) {
        throw new Violation(
          `chunk ${offset} goes out again at ${record.offset}, though its record at ${chunk.knownAt} was there in time`,
        );
      }
      chunk.knownAt = record.offset;
    }
  }

  #appendedDeadLetter({ headers }: LogRecord): void {
    const from = Number(headers['offset']);
    if (headers['topic'] === 'traces') return this.#givePosition(from);
    for (let offset = from; offset < Number(headers['to'] ?? from + 1); offset++) this.#given.add(offset);
  }

  #givePosition(position: number): void {
    this.#givenPositions.add(position);
    for (const { offset } of this.#traces.get(position)?.chunks ?? []) this.#given.add(offset);
  }

  #committed(group: string, { offset }: Committed): void {
    if (group !== 'assembler') return;
    for (const chunk of this.#chunks.values()) {
      if (chunk.offset < offset && !chunk.emitted && !this.#given.has(chunk.offset)) {
        throw new Violation(`${offset} is committed, but chunk ${chunk.offset} is not in traces`);
      }
    }
  }

  #inserted(table: BatchTable, batch: Batch): void {
    const stored = this.#stored[table];
    const block = `[${batch.id.a}, ${batch.id.b})`;
    for (const { chunkOffsets } of batch.fragments) {
      for (const offset of chunkOffsets) {
        const before = stored.get(offset);
        // A dead letter has no fragment to know it by: its duplicate is stored, and refused, as it was.
        if (before !== undefined && this.#given.has(offset) && !this.#stored.fragments.has(offset)) {
          if (table === 'edges_minute' || table === 'operations_minute') this.#countedAgain = true;
          continue;
        }
        if (before !== undefined)
          throw new Violation(`chunk ${offset} is in ${table} twice: by ${before} and by ${block}`);
        stored.set(offset, block);
      }
    }
    if (table === 'edges_minute') this.#totals.add(batch.figures, null);
    if (table === 'operations_minute') this.#totals.add(null, batch.figures);
  }

  #recorded({ id, watermark }: BatchRecord): void {
    for (let position = this.#lastRecorded; position < id.b; position++) {
      const missing = this.#traces.get(position)?.chunks.find(({ offset }) => !this.#handled(offset));
      if (missing !== undefined)
        throw new Violation(
          `everything below ${id.b} of traces is recorded, but chunk ${missing.offset} is not stored`,
        );
    }
    this.#lastRecorded = Math.max(this.#lastRecorded, id.b);
    this.#watermark = Math.max(this.#watermark, watermark.offset);
    if (!this.#isLate()) this.#knownWatermark = this.#watermark;
    for (const chunk of this.#chunks.values()) {
      if (chunk.offset < watermark.offset && !this.#handled(chunk.offset)) {
        throw new Violation(
          `the store vouches for everything below ${watermark.offset}, but chunk ${chunk.offset} is not stored`,
        );
      }
    }
  }

  /** Memory of an assembler follows what is beyond its commit, never what went through. */
  assemblerRemembers(
    open: { readonly committed: number; readonly emittedRanges: number; readonly sends: number },
    began: number,
  ): void {
    const beyond = this.#log.topics.spans.length - open.committed;
    if (open.emittedRanges > beyond)
      throw new Violation(
        `an assembler remembers ${open.emittedRanges} ranges of chunks, with ${beyond} records beyond its commit`,
      );
    // Below where it began it knows only that there may be something.
    if (open.committed < began) return;
    let first = this.#log.topics.traces.length;
    for (const [position, { chunks }] of this.#traces) {
      if (position < first && chunks.some(({ offset }) => offset >= open.committed)) first = position;
    }
    const may = this.#log.topics.traces.length - first;
    if (open.sends > may)
      throw new Violation(`an assembler remembers ${open.sends} sends, with ${may} records beyond its commit`);
  }

  /** That of a sink follows gaps beyond the watermark, as far as batches were recorded. */
  sinkRemembers(seenRanges: number): void {
    const unrecorded = new Set<number>();
    for (const [position, { chunks }] of this.#traces) {
      if (position >= this.#lastRecorded) for (const { offset } of chunks) unrecorded.add(offset);
    }
    let gaps = 0;
    const high = this.#log.topics.spans.length;
    for (let offset = this.#knownWatermark; offset < high; offset++) {
      if (!this.#stored.fragments.has(offset) || unrecorded.has(offset)) gaps++;
    }
    if (seenRanges > gaps + 1)
      throw new Violation(`a sink remembers ${seenRanges} ranges of chunks, with ${gaps} gaps`);
  }

  /** What must hold when nothing happens any more. */
  final(): void {
    for (const { offset } of this.#chunks.values())
      if (!this.#handled(offset)) throw new Violation(`chunk ${offset} is lost: ${this.#whereIs(offset)}`);
    this.#checkWholeness();
    this.#checkDuplicates();
    if (!this.#countedInPart()) this.#checkFigures();
  }

  /**
   * A record was given up (refused, or expired unread) when a table of figures had counted it already.
   * Nobody can take that back, nor know it should the chunk come again, out of a buffer that was rolled back: the
   * sums are off by it, and are not looked at.
   */
  #countedInPart(): boolean {
    if (this.#countedAgain) return true;
    const { edges_minute: edges, operations_minute: operations, fragments } = this.#stored;
    return [...this.#given].some((offset) => (edges.has(offset) || operations.has(offset)) && !fragments.has(offset));
  }

  #whereIs(offset: number): string {
    const positions = [...this.#traces]
      .filter(([, value]) => value.chunks.some((chunk) => chunk.offset === offset))
      .map(([position]) => position);
    const tables = batchTables.filter((table) => this.#stored[table].has(offset));
    return `in traces at ${positions.join(' ') || 'no position'}, stored in ${tables.join(' ') || 'no table'}`;
  }

  /** Traces whose fragments no log decides: one was closed under pressure, or part of it is gone. */
  #undecided(): Set<string> {
    const traces = new Set(this.#pressed);
    for (const offset of this.#given) traces.add(this.#chunks.get(offset)?.record.traceId ?? '');
    return traces;
  }

  #checkWholeness(): void {
    const undecided = this.#undecided();
    const expected = new Map<number, { readonly group: number; readonly size: number; readonly reason: CloseReason }>();
    for (const [group, { chunks, reason }] of expectedGroups(this.#log.topics.spans, this.#limits).entries()) {
      for (const offset of chunks) expected.set(offset, { group, size: chunks.length, reason });
    }
    for (const { row } of this.#store.fragments(Infinity)) {
      if (undecided.has(row.traceId)) continue;
      const groups = new Set(row.chunkOffsets.map((offset) => expected.get(offset)?.group));
      const one = expected.get(row.chunkOffsets[0] ?? -1);
      if (groups.size !== 1 || one === undefined || one.size !== row.chunkOffsets.length || one.reason !== row.reason) {
        throw new Violation(
          `the trace of chunks ${row.chunkOffsets.join(' ')} is not as the log says: it closed as ${row.reason} with ${row.chunkOffsets.length} chunks, must be ${one?.reason ?? 'unknown'} with ${one?.size ?? 0}`,
        );
      }
      const verdict = wholeness(row.chunkOffsets.map((offset) => this.#chunkAt(offset).record.index));
      if (
        verdict.complete !== row.wholeness.complete ||
        verdict.missingCount !== row.wholeness.missingCount ||
        verdict.roots !== row.wholeness.roots
      ) {
        throw new Violation(`the verdict on the trace of chunks ${row.chunkOffsets.join(' ')} is another's`);
      }
    }
  }

  #chunkAt(offset: number): Chunk {
    const chunk = this.#chunks.get(offset);
    if (chunk === undefined) throw new Violation(`there is no chunk ${offset}`);
    return chunk;
  }

  /** Of spans with one id and kind one is stored, as far as an hour reaches back. */
  #checkDuplicates(): void {
    const seen = new Map<string, number>();
    for (const { row, spans, appendTimeMs } of this.#store.fragments(Infinity)) {
      for (const each of rowsOfFragment(row)) {
        const key = `${row.traceId} ${spans.idHi[each]} ${spans.idLo[each]} ${spans.kind[each]}`;
        const beforeMs = seen.get(key);
        if (beforeMs !== undefined && appendTimeMs - beforeMs < 3_600_000)
          throw new Violation(`a span of trace ${row.traceId} is stored twice`);
        seen.set(key, appendTimeMs);
      }
    }
  }

  #checkFigures(): void {
    const fragments: LedgerFragment[] = this.#store.fragments(Infinity).map(({ row, appendTimeMs }) => ({
      traceId: row.traceId,
      appendTimeMs,
      chunks: row.chunkOffsets,
    }));
    const differences = this.#totals.differences(ledgerFigures(this.#log.topics.spans, fragments));
    if (differences.length > 0)
      throw new Violation(`${differences.length} sums are wrong: ${differences.slice(0, 3).join('; ')}`);
  }
}
