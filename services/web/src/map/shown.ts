import type { TFunction } from 'i18next';

import { count } from '../format/number.ts';
import type { Shown } from './draw/drawing.ts';
import { type MapGraph, outsideKey } from './graph/graph.ts';
import { type Health, healthOf, p95Text, strokeWidth } from './graph/health.ts';
import { kindName, nodeName } from './naming.ts';
import type { Coloring } from './params.ts';
import type { GraphShown } from './use-graph.ts';

/** With more lines than this, only those that do badly are labelled. */
const maxLabelled = 40;

/** What is drawn of a graph, and said of it. */
export function shownOf(
  graph: MapGraph,
  before: GraphShown['before'],
  coloring: Coloring,
  t: TFunction<'map'>,
  common: TFunction,
): Shown {
  const names = new Map(graph.nodes.map((node) => [node.key, nodeName(node, t)]));
  const most = Math.max(0, ...graph.edges.map(({ calls }) => calls));
  const verdict = ({ level, text }: Health) => (level === 'usual' ? '' : `, ${t(level)}: ${text}`);
  return {
    nodes: graph.nodes.map((node) => {
      const health = healthOf(coloring, node, before.nodes.get(node.key));
      const name = names.get(node.key) ?? node.key;
      const p95 = p95Text(node);
      const spoken = { name, type: t(`types.${node.type}`), calls: count(node.calls), errors: count(node.errors) };
      // Of what only calls there is nothing to say.
      const isSilent = node.calls === 0 && node.members.length === 0;
      return {
        node,
        name,
        figures: isSilent ? '' : [count(node.calls), p95].filter((part) => part !== '').join(' · '),
        health,
        label: node.key === outsideKey ? name : `${t('nodeLabel', { ...spoken, p95: p95 || '–' })}${verdict(health)}`,
      };
    }),
    edges: graph.edges.map((edge) => {
      const health = healthOf(coloring, edge, before.edges.get(edge.key));
      const spoken = {
        from: names.get(edge.from) ?? edge.from,
        to: names.get(edge.to) ?? edge.to,
        kind: kindName(edge.kind, common),
        calls: count(edge.calls),
        errors: count(edge.errors),
        p95: p95Text(edge) || '–',
      };
      const plain = graph.edges.length <= maxLabelled ? count(edge.calls) : '';
      return {
        edge,
        width: strokeWidth(edge.calls, most),
        health,
        label: `${t('edgeLabel', spoken)}${verdict(health)}`,
        text: health.text === '' ? plain : `${health.level === 'better' ? '↓' : '▲'} ${health.text}`,
      };
    }),
  };
}
