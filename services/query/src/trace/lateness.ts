import type { FragmentInfo } from '@spanloom/store';

/** Of fragments in `traces` order. */
type Timed = Pick<FragmentInfo, 'part' | 'late' | 'appendTimeMs'>;

/**
 * How long after the first fragment of the trace each late one was finished; null where it was not late. Parts of
 * one large trace are late as its first part is: that the next stand in other batches makes none of them so.
 */
export function latenessOf(fragments: readonly Timed[]): readonly (number | null)[] {
  const firstMs = fragments.reduce((least, { appendTimeMs }) => Math.min(least, appendTimeMs), Infinity);
  let lateByMs: number | null = null;
  return fragments.map(({ part, late, appendTimeMs }) => {
    if (part === 0) lateByMs = late ? appendTimeMs - firstMs : null;
    return lateByMs;
  });
}
