import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Answers } from '../../api/answers.ts';
import { duration } from '../../format/duration.ts';
import { count, percent } from '../../format/number.ts';
import { serviceFill, serviceName } from '../../format/service.ts';
import { layers } from './layers.ts';
import styles from './live-map.module.css';

type Graph = Answers['graph'];

export interface LiveMapProps {
  readonly graph: Pick<Graph, 'nodes' | 'edges'>;
}

/** Of each node, in pixels. */
const size = { width: 172, height: 40, gapX: 48, gapY: 8 } as const;
/** Beyond it the map itself is better. */
const maxNodes = 24;

/** The services and what they call, small: each leads to its operations. */
export function LiveMap({ graph }: LiveMapProps) {
  const { t } = useTranslation(['search', 'common']);
  const nodes = useMemo(() => graph.nodes.toSorted((a, b) => b.calls - a.calls).slice(0, maxNodes), [graph]);
  const shown = new Set(nodes.map(({ id }) => id));
  const edges = graph.edges.filter(({ from, to }) => shown.has(to) && (from === null || shown.has(from)));
  const places = new Map(
    layers(
      nodes.map(({ id, service }) => ({ id, name: serviceName(service) })),
      edges,
    ).map((place) => [place.id, place]),
  );
  const left = (id: number) => (places.get(id)?.column ?? 0) * (size.width + size.gapX);
  const top = (id: number) => (places.get(id)?.row ?? 0) * (size.height + size.gapY);
  const width = Math.max(0, ...nodes.map(({ id }) => left(id))) + size.width;
  const height = Math.max(0, ...nodes.map(({ id }) => top(id))) + size.height;
  const mostCalls = Math.max(1, ...edges.map(({ calls }) => calls));
  return (
    <section className={styles.scroll} tabIndex={0} aria-label={t('landing.mapOf')}>
      <div className={styles.map} style={{ width, height }}>
        <svg width={width} height={height} aria-hidden>
          {edges.map(({ from, to, kind, calls, errors }) =>
            from === null || from === to ? null : (
              <path
                key={`${from} ${to} ${kind}`}
                d={curve(left(from) + size.width, top(from) + size.height / 2, left(to), top(to) + size.height / 2)}
                className={errors > 0 ? styles.failing : styles.call}
                strokeWidth={1 + 2 * Math.sqrt(calls / mostCalls)}
              />
            ),
          )}
        </svg>
        {nodes.map((node) => (
          <div key={node.id} className={styles.place} style={{ left: left(node.id), top: top(node.id), ...size }}>
            <Node node={node} calls={callsOf(node, edges)} />
          </div>
        ))}
      </div>
    </section>
  );
}

interface NodeProps {
  readonly node: Graph['nodes'][number];
  readonly calls: { readonly calls: number; readonly errors: number };
}

function Node({ node, calls }: NodeProps) {
  const { t } = useTranslation(['search', 'common']);
  const name = serviceName(node.service) || t('common:unnamed');
  const content = (
    <>
      <span className={styles.name} title={name}>
        <span className={styles.swatch} style={{ background: serviceFill(node.service.name) }} aria-hidden />
        <span>{name}</span>
      </span>
      <span className={styles.figures}>
        {calls.calls > 0 && t('landing.nodeCalls', { count: calls.calls, text: count(calls.calls) })}
        {node.durationMs !== null && calls.errors === 0 && ` · p95 ${duration(node.durationMs['p95'])}`}
        {calls.errors > 0 && (
          <span className={styles.errors}> · ✕ {percent(calls.errors / Math.max(1, calls.calls))}</span>
        )}
      </span>
    </>
  );
  return node.type === 'service' ? (
    <Link to="/operations" search={{ service: node.service.name }} className={styles.node}>
      {content}
    </Link>
  ) : (
    <div className={`${styles.node} ${styles.peer}`}>{content}</div>
  );
}

/** What is no service of ours is known by the calls to it. */
function callsOf(node: Graph['nodes'][number], edges: Graph['edges']): { calls: number; errors: number } {
  if (node.type === 'service') return node;
  const incoming = edges.filter(({ to }) => to === node.id);
  const sum = (of: 'calls' | 'errors') => incoming.reduce((total, edge) => total + edge[of], 0);
  return { calls: sum('calls'), errors: sum('errors') };
}

/** Level at both ends. Back to the left it swings around below the nodes. */
function curve(x1: number, y1: number, x2: number, y2: number): string {
  const reach = x2 > x1 ? (x2 - x1) / 2 : size.gapX;
  return `M${x1} ${y1} C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}`;
}
