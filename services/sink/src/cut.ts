import { isCutBetween, type PartitionCut } from '@spanloom/log';

/** What cutting needs to know of a record of `traces`; from its headers, without opening it. */
export interface CutRecord {
  readonly offset: number;
  readonly appendTimeMs: number;
  readonly spans: number;
  readonly bytes: number;
}

/**
 * Cuts `traces` into batches. Fed the same records from the same cut on, it cuts in the same places,
 * whoever feeds it and in whatever portions.
 */
export class Cutter<R extends CutRecord> {
  readonly #of: PartitionCut;
  #batch: R[] = [];
  #spans = 0;
  #bytes = 0;

  constructor(of: PartitionCut) {
    this.#of = of;
  }

  /** Takes the next record in; answers the batches that are final by it, mostly none or one. */
  add(record: R): (readonly [R, ...R[]])[] {
    const final: (readonly [R, ...R[]])[] = [];
    const last = this.#batch.at(-1);
    if (last !== undefined && isCutBetween(this.#of, last.appendTimeMs, record.appendTimeMs)) this.#cut(final);
    this.#batch.push(record);
    this.#spans += record.spans;
    this.#bytes += record.bytes;
    const { maxSpans, maxBytes } = this.#of.cut;
    if (this.#spans >= maxSpans || this.#bytes >= maxBytes) this.#cut(final);
    return final;
  }

  #cut(final: (readonly [R, ...R[]])[]): void {
    const [first, ...rest] = this.#batch;
    if (first !== undefined) final.push([first, ...rest]);
    this.#batch = [];
    this.#spans = 0;
    this.#bytes = 0;
  }
}
