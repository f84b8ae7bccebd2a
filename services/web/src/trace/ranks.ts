import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { TracesIdRanksAnswer } from '../api/answers.ts';
import { rankGroups, rankOf } from '../api/rank.ts';
import { duration } from '../format/duration.ts';
import type { TraceSpan } from './model/span.ts';
import { ranksQuery } from './query.ts';

/** Where a span stands among the calls of its operation in the last 24 hours. */
export interface Rank {
  /** `p99.3`. */
  readonly text: string;
  /** What half of them take at most: `12 ms`. */
  readonly usual: string;
  /** Both in words. */
  readonly title: string;
  /** Slower than 95 of 100. */
  readonly isHigh: boolean;
}

/** With fewer calls a rank says nothing. */
const leastCalls = 10;

export function useRanks(traceId: string, enabled: boolean): (span: TraceSpan) => Rank | null {
  const { t } = useTranslation('trace');
  const { data } = useQuery(ranksQuery(traceId, enabled));
  const groupOf = useMemo(() => (data === undefined ? null : rankGroups(data)), [data]);
  return useMemo(() => ranker(data, groupOf, t), [data, groupOf, t]);
}

function ranker(
  answer: TracesIdRanksAnswer | undefined,
  groupOf: ReturnType<typeof rankGroups> | null,
  t: TFunction<'trace'>,
): (span: TraceSpan) => Rank | null {
  if (answer === undefined || groupOf === null) return () => null;
  // The same object for the same span: rows that scroll past are not drawn again.
  const known = new WeakMap<TraceSpan, Rank | null>();
  return (span) => {
    const before = known.get(span);
    if (before !== undefined) return before;
    const rank = rankIn(answer, groupOf, span, t);
    known.set(span, rank);
    return rank;
  };
}

function rankIn(
  answer: TracesIdRanksAnswer,
  groupOf: ReturnType<typeof rankGroups>,
  span: TraceSpan,
  t: TFunction<'trace'>,
): Rank | null {
  const { id: spanId, name, kind, namespace, environment } = span;
  const group = groupOf({ spanId, name, kind, service: { environment, namespace, name: span.service } });
  if (group === undefined || group.calls < leastCalls) return null;
  const rank = rankOf(group, answer.bucketsPerDoubling, span.durationMs);
  if (rank === null) return null;
  const text = `p${percentText(rank)}`;
  const usual = duration(group.durationMs?.['p50']);
  const title = t('rankTitle', { rank: text, usual, count: group.calls, operation: group.operation });
  return { text, usual, title, isHigh: rank > 0.95 };
}

/** One digit where it matters: between 99 and 100. */
export function percentText(rank: number): string {
  const value = Math.min(1, Math.max(0, rank)) * 100;
  return value > 99 && value < 100 ? (Math.floor(value * 10) / 10).toFixed(1) : Math.round(value).toFixed(0);
}
