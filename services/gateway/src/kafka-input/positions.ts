/** Where a group stands in a partition, and what the partition holds: `low` ≤ offset < `high`. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  /** The offset to read next; below 0: none was ever committed. */
  readonly next: number;
  readonly low: number;
  readonly high: number;
}

/** What a position says about records that nobody will read, or will read again. */
export type Finding =
  | { readonly type: 'fine' }
  /** Retention was faster than we were. */
  | { readonly type: 'expired'; readonly records: number }
  /** The topic ends before the position: it was made anew, or cut. It is read from its beginning. */
  | { readonly type: 'restarted' };

export function judge({ next, low, high }: Pick<Position, 'next' | 'low' | 'high'>): Finding {
  if (next < 0) return { type: 'fine' };
  if (next < low) return { type: 'expired', records: low - next };
  return next > high ? { type: 'restarted' } : { type: 'fine' };
}

/** The finding as a sentence for an operator; null where there is nothing to say. */
export function sentenceOf({ topic, partition, next, low, high }: Position, finding: Finding): string | null {
  const where = `Partition ${partition} of ${topic}`;
  if (finding.type === 'expired') {
    return `${where} begins at offset ${low}, we were at ${next}: ${finding.records} records expired unread.`;
  }
  if (finding.type === 'restarted') {
    return `${where} ends at offset ${high}, we were at ${next}: the topic was made anew; it is read from its beginning.`;
  }
  return null;
}
