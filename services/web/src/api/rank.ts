import type { TracesIdRanksAnswer } from './answers.ts';

export type RankGroup = TracesIdRanksAnswer['groups'][number];

/** What is asked of a span to find its group. */
export interface RankedSpan {
  readonly spanId: string;
  readonly name: string;
  /** `server`, `client`, … */
  readonly kind: string;
  readonly service: { readonly environment: string; readonly namespace: string; readonly name: string };
}

/** Finds the group of a span; undefined where the answer has none. */
export function rankGroups({ groups }: TracesIdRanksAnswer): (span: RankedSpan) => RankGroup | undefined {
  const byName = new Map<string, RankGroup>();
  const bySpan = new Map<string, RankGroup[]>();
  for (const group of groups) {
    for (const name of group.names) byName.set(nameKey(group, name), group);
    for (const spanId of group.spanIds) bySpan.set(spanId, [...(bySpan.get(spanId) ?? []), group]);
  }
  // Client and server may share an id, as in Zipkin: the kind tells them apart.
  return (span) =>
    bySpan.get(span.spanId)?.find((group) => group.kind === span.kind) ?? byName.get(nameKey(span, span.name));
}

function nameKey({ service, kind }: Pick<RankedSpan, 'service' | 'kind'>, name: string): string {
  return JSON.stringify([service.environment, service.namespace, service.name, kind, name]);
}

/** Which part of the calls took no longer, 0 to 1; null where there were none. */
export function rankOf(group: RankGroup, bucketsPerDoubling: number, durationMs: number): number | null {
  if (group.histogram === null) return null;
  const { first, counts } = group.histogram;
  const place = bucketsPerDoubling * Math.log2(Math.max(1, durationMs * 1e6)) - first;
  const bucket = Math.floor(place);
  const sum = (to: number): number => counts.slice(0, Math.max(0, to)).reduce((a, b) => a + b, 0);
  const total = sum(counts.length);
  if (total === 0) return null;
  return (sum(bucket) + (counts[bucket] ?? 0) * (place - bucket)) / total;
}
