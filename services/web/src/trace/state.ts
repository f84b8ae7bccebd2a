import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';

import type { TraceParams } from './params.ts';

/** Undefined takes a parameter out of the URL. */
export type Patch = { readonly [Name in keyof TraceParams]?: TraceParams[Name] | undefined };

export interface TraceState {
  readonly params: TraceParams;
  /** Shown at once; the URL follows, in the place of the one before unless `push` says that Back returns. */
  readonly change: (patch: Patch, push?: boolean) => void;
  /** The address of what is shown now. */
  readonly link: () => string;
}

/**
 * Browsers refuse more than some 20 changes of the URL a second, and keys that are held down or a wheel make more:
 * so what is shown leads, and the URL follows.
 */
const followMs = 150;

export function useTraceState(): TraceState {
  const inUrl = useSearch({ from: '/trace/$traceId' });
  const navigate = useNavigate();
  const router = useRouter();
  const [params, setParams] = useState<TraceParams>(inUrl);
  const latest = useRef(params);
  const written = useRef(textOf(inUrl));
  /** What is on its way into the URL: navigation takes a moment, and more changes may come meanwhile. */
  const underWay = useRef(new Set<string>());
  const pathname = useRef(router.latestLocation.pathname);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const write = useCallback(
    (replace: boolean) => {
      clearTimeout(timer.current);
      timer.current = undefined;
      // On the way to another page there is nothing to write any more, and to write would stop it.
      if (router.latestLocation.pathname !== pathname.current) return;
      written.current = textOf(latest.current);
      underWay.current.add(written.current);
      void navigate({ to: '.', search: latest.current as never, replace, resetScroll: false });
    },
    [navigate, router],
  );
  // Somebody else changed it: Back, or a link.
  const url = textOf(inUrl);
  useEffect(() => {
    if (url === written.current) {
      underWay.current.clear();
      return;
    }
    if (timer.current !== undefined || underWay.current.has(url)) return;
    written.current = url;
    latest.current = JSON.parse(url) as TraceParams;
    setParams(latest.current);
  }, [url]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const change = useCallback(
    (patch: Patch, push = false) => {
      if (push && timer.current !== undefined) write(true);
      const next = Object.fromEntries(
        Object.entries({ ...latest.current, ...patch }).filter(
          ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
        ),
      );
      latest.current = next;
      setParams(next);
      if (push) write(false);
      else timer.current ??= setTimeout(() => write(true), followMs);
    },
    [write],
  );
  const link = useCallback(() => {
    const { href } = router.buildLocation({ to: '.', search: latest.current as never });
    return new URL(href, location.origin).href;
  }, [router]);
  return { params, change, link };
}

/** The same for the same parameters, in whatever order they stand. */
function textOf(params: TraceParams): string {
  return JSON.stringify(Object.fromEntries(Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
