import { useEffect, useState } from 'react';

import { apiUrl, get } from '../api/client.ts';

interface Told {
  readonly traces: readonly { readonly traceId: string; readonly startTime: string }[];
  readonly skipped: number;
}

export interface Watched {
  readonly query: string;
  /** The list that is shown: what is in it is not new. RFC 3339 of its window; null while there is none. */
  readonly shown: { readonly from: string; readonly to: string; readonly traceIds: readonly string[] } | null;
  readonly enabled: boolean;
}

/**
 * How many traces have come that the list would show if it was asked for again: the rows that are there stay.
 * Followed only while the page can be seen: browsers allow six connections to a host, over all tabs.
 */
export function useNewTraces({ query, shown, enabled }: Watched): number {
  const [found, setFound] = useState<{ readonly in: Watched['shown']; readonly count: number } | null>(null);
  useEffect(() => {
    if (shown === null || !enabled) return;
    const known = new Set(shown.traceIds);
    let skipped = 0;
    let missed = 0;
    let source: EventSource | null = null;
    const tell = () => setFound({ in: shown, count: known.size - shown.traceIds.length + skipped + missed });
    const follow = () => {
      source = new EventSource(apiUrl('tail', { params: { q: query } }));
      source.addEventListener('traces', (event: MessageEvent<string>) => {
        const told = JSON.parse(event.data) as Told;
        for (const { traceId, startTime } of told.traces) {
          if (Date.parse(startTime) >= Date.parse(shown.from)) known.add(traceId);
        }
        skipped += told.skipped;
        tell();
      });
      // What came before the first event, or while nobody looked.
      const since = Date.parse(shown.to);
      get('search', { params: { q: query, from: new Date(since).toISOString(), to: 'now', limit: 1 } }).then(
        ({ total }) => {
          missed = Math.max(missed, total.count - (known.size - shown.traceIds.length));
          tell();
        },
        () => {},
      );
    };
    const leave = () => {
      source?.close();
      source = null;
    };
    const onVisibility = () => {
      leave();
      if (document.visibilityState === 'visible') follow();
    };
    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      leave();
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [query, shown, enabled]);
  return found !== null && found.in === shown && enabled ? found.count : 0;
}
