import { notifyManager, type Query, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { cancelAwaited, isAwaited } from '../api/query-client.ts';
import { settingsQuery } from '../api/settings.ts';
import { nowMs } from '../clock.ts';
import { Button } from './button.tsx';
import styles from './waiting.module.css';

/** Who waits for less does not wonder. */
const patientSeconds = 2;
/** Of what counts seconds. */
const lookEveryMs = 200;

/** How long the page has waited for what is not there yet, of how long it may; and the way out. */
export function Waiting() {
  const sinceMs = useAwaitedSince();
  return sinceMs === null ? null : <LongWait key={sinceMs} sinceMs={sinceMs} />;
}

function LongWait({ sinceMs }: { readonly sinceMs: number }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((nowMs() - sinceMs) / 1000)), lookEveryMs);
    return () => clearInterval(timer);
  }, [sinceMs]);
  // A moment before it is said: what stands there already does not move.
  const settings = useQuery({ ...settingsQuery(), enabled: seconds >= patientSeconds - 1 });
  const most = settings.data?.limits.requestSeconds;
  if (seconds < patientSeconds) return null;
  return (
    <section className={styles.waiting} aria-label={t('waiting.label')}>
      <progress aria-label={t('waiting.label')} {...(most !== undefined && { max: most, value: seconds })} />
      <span role="timer">{most === undefined ? t('waiting.so', { seconds }) : t('waiting.of', { seconds, most })}</span>
      <Button quiet onClick={() => cancelAwaited(client)}>
        {t('waiting.cancel')}
      </Button>
    </section>
  );
}

/** When the oldest was asked of what is awaited; null where nothing is. */
function useAwaitedSince(): number | null {
  const client = useQueryClient();
  const [sinceMs, setSinceMs] = useState<number | null>(null);
  useEffect(() => {
    const cache = client.getQueryCache();
    const asked = new Map<Query, number>();
    const look = () => {
      const awaited = new Set(cache.findAll({ predicate: isAwaited }));
      for (const query of asked.keys()) if (!awaited.has(query)) asked.delete(query);
      for (const query of awaited) if (!asked.has(query)) asked.set(query, nowMs());
      setSinceMs(asked.size === 0 ? null : Math.min(...asked.values()));
    };
    look();
    return cache.subscribe(notifyManager.batchCalls(look));
  }, [client]);
  return sinceMs;
}
