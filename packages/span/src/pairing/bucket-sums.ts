/** Buckets from -1 (1 ns) to 1,695 (2^53 ns) of a series, shifted so that a key is never 0. */
const bucketsPerSeries = 2048;
const shift = 2;

/**
 * Sparse histograms of many series: a series is a small integer, a bucket an index at scale 5.
 * Key and count lie side by side, since most of the time goes into fetching them.
 */
export class BucketSums {
  /** Pairs of key and count; key 0 is empty. */
  #pairs: Float64Array = new Float64Array(2 * 512);
  #taken = 0;

  add(series: number, bucket: number, count: number): void {
    const key = series * bucketsPerSeries + bucket + shift;
    const pairs = this.#pairs;
    const at = slotOf(pairs, series, bucket, key);
    if (pairs[at] === 0) {
      pairs[at] = key;
      this.#taken += 1;
    }
    pairs[at + 1] = (pairs[at + 1] ?? 0) + count;
    // At most half of the slots: 4 numbers a pair.
    if (4 * this.#taken > pairs.length) this.#grow();
  }

  /**
   * Visits every bucket that was ever added to, by series and then by bucket, so that equal
   * histograms come out with their buckets in the same order, whatever came first.
   */
  visit(visitor: (series: number, bucket: number, count: number) => void): void {
    const pairs = this.#pairs;
    for (const key of this.#keys().sort()) {
      const series = Math.floor(key / bucketsPerSeries);
      const bucket = (key % bucketsPerSeries) - shift;
      visitor(series, bucket, pairs[slotOf(pairs, series, bucket, key) + 1] ?? 0);
    }
  }

  #keys(): Float64Array {
    const keys = new Float64Array(this.#taken);
    let count = 0;
    for (let at = 0; at < this.#pairs.length; at += 2) {
      const key = this.#pairs[at] ?? 0;
      if (key === 0) continue;
      keys[count] = key;
      count += 1;
    }
    return keys;
  }

  #grow(): void {
    const pairs = new Float64Array(2 * this.#pairs.length);
    for (let from = 0; from < this.#pairs.length; from += 2) {
      const key = this.#pairs[from] ?? 0;
      if (key === 0) continue;
      const at = slotOf(pairs, Math.floor(key / bucketsPerSeries), (key % bucketsPerSeries) - shift, key);
      pairs[at] = key;
      pairs[at + 1] = this.#pairs[from + 1] ?? 0;
    }
    this.#pairs = pairs;
  }
}

/** Where a key stands, or belongs. Neighbouring buckets are neighbours here: durations come in clusters. */
function slotOf(pairs: Float64Array, series: number, bucket: number, key: number): number {
  const mask = pairs.length - 2;
  let at = (2 * ((Math.imul(series, 0x9e3779b1) >>> 4) + bucket)) & mask;
  while (pairs[at] !== 0 && pairs[at] !== key) at = (at + 2) & mask;
  return at;
}
