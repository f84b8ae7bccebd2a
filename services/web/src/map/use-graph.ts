import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { GraphAnswer } from '../api/answers.ts';
import { get } from '../api/client.ts';
import { every } from '../api/query-client.ts';
import { nowMs } from '../clock.ts';
import { baselineOf, type Baseline } from '../compare/baseline.ts';
import type { Range } from '../ui/range.ts';
import { fold, foldPlan } from './graph/fold.ts';
import { graphOf, type MapEdge, type MapGraph, type MapNode, neighbourhood } from './graph/graph.ts';

/** A window that ends now moves with the clock. */
const refetchMs = 30_000;

export interface GraphAsked {
  readonly range: Range;
  readonly base: Baseline;
  readonly environment: string | undefined;
  readonly unfold: string | undefined;
  readonly around: string | undefined;
  readonly hops: number;
}

export interface GraphShown {
  readonly answer: GraphAnswer;
  /** Everything in the window, not folded. */
  readonly whole: MapGraph;
  /** What is drawn. */
  readonly graph: MapGraph;
  /** Figures of the baseline by the keys of what is drawn. */
  readonly before: {
    readonly nodes: ReadonlyMap<string, MapNode>;
    readonly edges: ReadonlyMap<string, MapEdge>;
  };
}

export interface GraphState {
  readonly shown: GraphShown | null;
  readonly error: unknown;
  readonly retry: () => void;
}

export function useGraph({ range, base, environment, unfold, around, hops }: GraphAsked): GraphState {
  const live = range.to === 'now';
  const answer = useGraphAnswer(range, environment, live);
  const baseline = useGraphAnswer(baselineOf(range, base, nowMs()), environment, live);
  const whole = useMemo(() => (answer.data === undefined ? null : graphOf(answer.data)), [answer.data]);
  const shown = useMemo(() => {
    if (whole === null || answer.data === undefined) return null;
    const near = around === undefined ? whole : neighbourhood(whole, around, hops);
    const unfolded = new Set(unfold === undefined ? [] : unfold.split(','));
    const plan = foldPlan(near, unfolded);
    const before = baseline.data === undefined ? { nodes: [], edges: [] } : fold(graphOf(baseline.data), plan);
    return {
      answer: answer.data,
      whole: near,
      graph: fold(near, plan),
      before: {
        nodes: new Map(before.nodes.map((node) => [node.key, node])),
        edges: new Map(before.edges.map((edge) => [edge.key, edge])),
      },
    };
  }, [whole, answer.data, baseline.data, around, hops, unfold]);
  return {
    shown,
    error: answer.isError && answer.data === undefined ? answer.error : null,
    retry: () => void answer.refetch(),
  };
}

function useGraphAnswer({ from, to }: Range, environment: string | undefined, live: boolean) {
  return useQuery({
    queryKey: ['graph', from, to, environment],
    queryFn: ({ signal }) => get('graph', { params: { from, to, environment }, signal }),
    // While a window is loaded the one before stands: nothing jumps, and places are kept.
    placeholderData: keepPreviousData,
    ...(live ? { refetchInterval: every(refetchMs) } : {}),
  });
}
