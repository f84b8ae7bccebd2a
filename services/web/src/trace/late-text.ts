import type { TFunction } from 'i18next';

import { duration } from '../format/duration.ts';

/** Times of parts are those of their batches: below a second they say nothing. */
const leastMs = 1000;

/** `late by 12.3 s`. */
export function lateText(t: TFunction<'trace'>, lateByMs: number): string {
  return lateByMs < leastMs ? t('late.little') : t('late.by', { time: duration(lateByMs) });
}

/** `late ≤ 12.3 s`, of several. */
export function lateUpToText(t: TFunction<'trace'>, lateByMs: number): string {
  return lateByMs < leastMs ? t('late.little') : t('late.upTo', { time: duration(lateByMs) });
}
