import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { get } from '../../api/client.ts';
import type { Service } from '../../format/service.ts';
import { isDemo, notDemo } from './demo.ts';

/** Well within the 2 s after which somebody who waits begins to doubt. */
const lookEveryMs = 500;

/**
 * The first trace of somebody new that comes while this is shown: one of a service that was not there at first, and
 * not the demo's, or that with `ownId`. As soon as a span of it is acknowledged it is open; a trace that was open too
 * shortly to be seen is found when it is stored.
 */
export function useArrival(ownId: string, services: readonly Service[]): string | null {
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
  const begun = open.data?.find(
    (trace) =>
      trace.traceId === ownId || trace.services.some((service) => !isDemo(service) && !known.has(service.name)),
  );
  const finished = stored.data?.find(
    (trace) => trace.traceId === ownId || trace.services.some((name) => !known.has(name)),
  );
  return begun?.traceId ?? finished?.traceId ?? null;
}
