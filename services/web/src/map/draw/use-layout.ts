import { useEffect, useMemo, useRef, useState } from 'react';

import type { MapGraph, MapNode } from '../graph/graph.ts';
import type { LayoutAsked, LayoutMade } from '../layout/layout.worker.ts';
import type { Layout, LayoutGraph } from '../layout/types.ts';

export interface LaidOut {
  readonly layout: Layout;
  /** In the worker. */
  readonly tookMs: number;
  /** Which map it is of: another window of the same map keeps its places. */
  readonly scope: string;
}

/** The layout of a graph, made in a worker; the last one while the next is being made, null before the first. */
export function useLayout(graph: MapGraph, scope: string): LaidOut | null {
  const [laidOut, setLaidOut] = useState<LaidOut | null>(null);
  const worker = useRef<Worker | null>(null);
  const latest = useRef<LaidOut | null>(null);
  const asked = useRef(0);
  const shape = useMemo(() => shapeOf(graph), [graph]);
  const text = useMemo(() => JSON.stringify(shape), [shape]);
  useEffect(
    () => () => {
      worker.current?.terminate();
      worker.current = null;
    },
    [],
  );
  useEffect(() => {
    worker.current ??= new Worker(new URL('../layout/layout.worker.ts', import.meta.url), { type: 'module' });
    const id = ++asked.current;
    const made = ({ data }: MessageEvent<LayoutMade>) => {
      if (data.id !== id) return;
      latest.current = { layout: data.layout, tookMs: data.tookMs, scope };
      setLaidOut(latest.current);
    };
    const current = worker.current;
    current.addEventListener('message', made);
    const previous = latest.current?.scope === scope ? latest.current.layout : null;
    const question: LayoutAsked = { id, graph: JSON.parse(text) as LayoutGraph, previous };
    current.postMessage(question, []);
    return () => current.removeEventListener('message', made);
  }, [text, scope]);
  return laidOut;
}

/** Figures change with each answer; places only with who calls whom. */
function shapeOf({ nodes, edges }: MapGraph): LayoutGraph {
  return {
    nodes: nodes.map((node) => ({ key: node.key, side: sideOf(node) })),
    edges: edges.map(({ key, from, to }) => ({ key, from, to })),
  };
}

function sideOf({ type }: MapNode): LayoutGraph['nodes'][number]['side'] {
  if (type === 'outside') return 'entry';
  if (type === 'messaging' || type === 'queues') return 'queue';
  return type === 'service' || type === 'namespace' || type === 'rest' ? 'service' : 'store';
}
