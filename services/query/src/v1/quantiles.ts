import { err, ok, type Result } from '@spanloom/span';

/** A percentile that was asked for: 0.999 is named `p99.9`. */
export interface Quantile {
  readonly name: string;
  readonly q: number;
}

/** More would make an answer that nobody reads. */
const maxQuantiles = 20;

/** `0.5,0.95,0.999`, each between 0 and 1, ends excluded, each once. */
export function parseQuantiles(text: string): Result<readonly Quantile[], string> {
  const byName = new Map<string, Quantile>();
  for (const part of text.split(',')) {
    const word = part.trim();
    const q = /^0?\.\d{1,9}$/.test(word) ? Number(word) : Number.NaN;
    if (!(q > 0 && q < 1)) return err(`${JSON.stringify(word)} is no quantile: use numbers between 0 and 1.`);
    const name = quantileName(q);
    byName.set(name, { name, q });
  }
  if (byName.size > maxQuantiles) return err(`At most ${maxQuantiles} quantiles can be asked for.`);
  return ok([...byName.values()]);
}

function quantileName(q: number): string {
  // 0.29 * 100 is 28.999999999999996 in binary.
  return `p${Number((q * 100).toPrecision(12))}`;
}
