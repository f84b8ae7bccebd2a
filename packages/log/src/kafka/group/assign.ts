/** Who gets which partitions: each as many as the others, and what it has already as far as possible. */

export interface Claim {
  readonly memberId: string;
  /** When it was given what it has. Of two that claim the same, the later one has it. */
  readonly generation: number;
  readonly owned: readonly number[];
}

export function assignPartitions(partitions: number, claims: readonly Claim[]): Map<string, number[]> {
  const kept = keepClaims(partitions, claims);
  // Those with most first: where the shares differ by one, the larger ones move nothing then.
  const members = [...kept.keys()].toSorted((a, b) => sizeOf(kept, b) - sizeOf(kept, a) || (a < b ? -1 : 1));
  const least = Math.floor(partitions / members.length);
  const larger = partitions % members.length;
  const shares = members.map((memberId, index) => ({
    partitions: (kept.get(memberId) ?? []).slice(0, least + (index < larger ? 1 : 0)),
    memberId,
    size: least + (index < larger ? 1 : 0),
  }));
  const taken = new Set(shares.flatMap((share) => share.partitions));
  const free = Array.from({ length: partitions }, (_, partition) => partition).filter((one) => !taken.has(one));
  for (const share of shares) share.partitions.push(...free.splice(0, share.size - share.partitions.length));
  return new Map(shares.map(({ memberId, partitions: own }) => [memberId, own.toSorted((a, b) => a - b)]));
}

function keepClaims(partitions: number, claims: readonly Claim[]): Map<string, number[]> {
  const kept = new Map<string, number[]>(claims.map(({ memberId }) => [memberId, []]));
  const taken = new Set<number>();
  for (const { memberId, owned } of claims.toSorted((a, b) => b.generation - a.generation)) {
    for (const partition of owned) {
      if (partition >= partitions || taken.has(partition)) continue;
      taken.add(partition);
      kept.get(memberId)?.push(partition);
    }
  }
  return kept;
}

function sizeOf(kept: ReadonlyMap<string, readonly number[]>, memberId: string): number {
  return kept.get(memberId)?.length ?? 0;
}
