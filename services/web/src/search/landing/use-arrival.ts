import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { get } from '../../api/client.ts';
import type { Service } from '../../format/service.ts';
import { isDemo, notDemo } from './demo.ts';

/** Well within the 2 s after which somebody who waits begins to doubt. */
const lookEveryMs = 500;

export interface Arrival {
  readonly traceId: string;
  /** Before it there was nothing but what the demo sends. */
  readonly besideDemo: boolean;
}

/**
 * The first trace of somebody new that comes while this is shown: one of a service that was not there at first, and
 * not the demo's, or that with `ownId`. As soon as a span of it is acknowledged it is open; a trace that was open too
 * shortly to be seen is found when it is stored.
 */
export function useArrival(ownId: string, services: readonly Service[]): Arrival | null {
  const [onlyDemo] = useState(() => services.every(isDemo));
  const [sawDemo, setSawDemo] = useState(() => services.some(isDemo));
  const [known] = useState(() => new Set(services.map(({ name }) => name)));
  const open = useQuery({
    queryKey: ['arrival', 'open'],
    queryFn: async ({ signal }) => (await get('traces/open', { params: { limit: 50 }, signal })).traces,
    refetchInterval: lookEveryMs,
    gcTime: 0,
  });
  const stored = useQuery({
    queryKey: ['arrival', 'stored'],
    queryFn: async ({ signal }) => {
      const params = { q: notDemo, from: 'now-15m', limit: 50 };
      return (await get('search', { params, signal })).traces;
    },
    refetchInterval: lookEveryMs,
    gcTime: 0,
  });
  if (!sawDemo && open.data?.some((trace) => trace.services.some(isDemo)) === true) setSawDemo(true);
  const begun = open.data?.find(
    (trace) =>
      trace.traceId === ownId || trace.services.some((service) => !isDemo(service) && !known.has(service.name)),
  );
  const finished = stored.data?.find(
    (trace) => trace.traceId === ownId || trace.services.some((name) => !known.has(name)),
  );
  const traceId = begun?.traceId ?? finished?.traceId;
  return traceId === undefined ? null : { traceId, besideDemo: onlyDemo && sawDemo };
}
