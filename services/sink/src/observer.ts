/** What a sink tells about itself. Never changes what it does. */
export interface SinkObserver {
  claimed(partition: number, position: number): void;
  /** Records of `traces` expired before anybody stored them. */
  expired(partition: number, from: number, to: number): void;
  stored(batch: {
    readonly partition: number;
    readonly fragments: number;
    readonly spans: number;
    readonly duplicateSpans: number;
    readonly lateFragments: number;
    /** Chunks that the store had already. */
    readonly strippedChunks: number;
    /** Ranges of chunk offsets, at or beyond the watermark, that are known to be stored. */
    readonly seenRanges: number;
    /** Stream time of the newest watermark stored, Unix milliseconds. */
    readonly completeToMs: number;
  }): void;
  /** Names that were folded into `(other)`, with a few of them. */
  folded(service: string, what: 'operation' | 'peer', count: number, samples: readonly string[]): void;
  /** Something could not be stored or read and went to `spans.dlq`. */
  deadLetter(partition: number, position: number, reason: string): void;
  /** The worker of a partition has ended; another owner may follow, here or elsewhere. */
  released(partition: number): void;
  retry(partition: number, error: Error): void;
}
