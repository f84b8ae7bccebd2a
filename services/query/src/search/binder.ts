import type { QueryParameter } from '@spanloom/store';

/** Collects the values of a query: they are bound to placeholders and never stand in its text. */
export class Binder {
  readonly parameters: Record<string, QueryParameter> = {};
  #count = 0;

  /** The placeholder that stands for the value. */
  bind(value: QueryParameter, type: 'String' | 'UInt64' | 'Float64'): string {
    const name = `q${this.#count}`;
    this.#count += 1;
    this.parameters[name] = value;
    return `{${name}:${type}}`;
  }
}
