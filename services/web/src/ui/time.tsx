import { useTranslation } from 'react-i18next';

import { nowMs } from '../clock.ts';
import { localTime, utcTime } from '../format/time.ts';

/** A moment in the viewer's zone; in UTC, to the millisecond, where the pointer rests on it. */
export function Time({ at }: { readonly at: number | string }) {
  const { i18n } = useTranslation();
  const timeMs = typeof at === 'number' ? at : Date.parse(at);
  return (
    <time dateTime={new Date(timeMs).toISOString()} title={utcTime(timeMs)}>
      {localTime(timeMs, nowMs(), i18n.language)}
    </time>
  );
}
