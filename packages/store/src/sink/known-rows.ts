/** Days are the ClickHouse partitions of batches, and batches come in the order of the log: late ones are of yesterday. */
const maxDays = 2;
/** Of a day; beyond, all of it is forgotten. */
const maxKeys = 100_000;

/** Rows that this process knows to be in a table, where one a day suffices: they need not be inserted again. */
export class KnownRows {
  readonly #days = new Map<number, Set<string>>();

  /** Whether all of them are there. */
  has(day: number, keys: readonly string[]): boolean {
    const known = this.#days.get(day);
    return known !== undefined && keys.every((key) => known.has(key));
  }

  add(day: number, keys: readonly string[]): void {
    const known = this.#days.get(day) ?? new Set<string>();
    if (known.size + keys.length > maxKeys) known.clear();
    for (const key of keys) known.add(key);
    this.#days.set(day, known);
    while (this.#days.size > maxDays) this.#days.delete(Math.min(...this.#days.keys()));
  }

  /** After a failure: whatever answers next may be a server that has less. */
  forget(): void {
    this.#days.clear();
  }
}
