/** What the answer of the API says of where spans came from, as far as it is needed here. */
export interface Origins {
  readonly fragments: readonly { readonly lateByMs: number | null }[];
  /** In the order in which spans stand in the trace. */
  readonly spanFragments: readonly { readonly fragment: number | null; readonly spanCount: number }[];
}

/** By how much each span was late, in the order in which they stand in the trace; empty where none was. */
export function latenessOf({ fragments, spanFragments }: Origins): readonly (number | null)[] {
  if (fragments.every(({ lateByMs }) => lateByMs === null)) return [];
  return spanFragments.flatMap(({ fragment, spanCount }) => {
    const lateByMs = fragment === null ? null : (fragments[fragment]?.lateByMs ?? null);
    return Array.from({ length: spanCount }, () => lateByMs);
  });
}
