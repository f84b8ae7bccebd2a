import type { Span } from '@spanloom/span';

/** The spans of a chunk, and the offset in `spans` that is its identity. */
export interface ChunkSpans {
  readonly offset: number;
  readonly spans: readonly Span[];
}

/** What is known of one trace, by how far it has come. */
export interface TraceSources {
  /** In the store: the spans, the fragment that each came with, and the offsets of the chunks that brought them. */
  readonly stored: {
    readonly spans: readonly Span[];
    readonly fragmentOf: readonly number[];
    readonly chunkOffsets: readonly number[];
  };
  /** In `traces`, in the order of that topic, not known to be stored. */
  readonly finished: readonly ChunkSpans[];
  /** Open, in any order. */
  readonly open: readonly ChunkSpans[];
}

export interface Merged {
  /** Stored, then finished, then open. */
  readonly spans: readonly Span[];
  /** For each span the fragment that it came with; null where that is not known to be stored. */
  readonly fragmentOf: readonly (number | null)[];
  /** Spans dropped here because one of the same id and kind came before. */
  readonly duplicateSpans: number;
  /** Some spans are not in the store yet. */
  readonly open: boolean;
}

/**
 * One trace from three places. A chunk that moved on while we read is in two of them: it counts
 * once, by its offset. Of spans with the same id and kind the first in the order of `traces` wins,
 * which is the rule of the sink, so that the answer does not change when the rest is stored.
 */
export function mergeTrace(sources: TraceSources): Merged {
  const spans: Span[] = [];
  const fragmentOf: (number | null)[] = [];
  const seenSpans = new Set<string>();
  const seenChunks = new Set<number>(sources.stored.chunkOffsets);
  let duplicateSpans = 0;
  const add = (span: Span, fragment: number | null): void => {
    const identity = `${span.spanId}/${span.kind}`;
    if (seenSpans.has(identity)) duplicateSpans += 1;
    else {
      seenSpans.add(identity);
      spans.push(span);
      fragmentOf.push(fragment);
    }
  };
  for (const [at, span] of sources.stored.spans.entries()) {
    const fragment = sources.stored.fragmentOf[at] ?? -1;
    add(span, fragment === -1 ? null : fragment);
  }
  const inOrder = [...sources.finished, ...sources.open.toSorted((a, b) => a.offset - b.offset)];
  let open = false;
  for (const chunk of inOrder) {
    if (seenChunks.has(chunk.offset)) continue;
    seenChunks.add(chunk.offset);
    open = true;
    for (const span of chunk.spans) add(span, null);
  }
  return { spans, fragmentOf, duplicateSpans, open };
}
