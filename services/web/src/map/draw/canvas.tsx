import {
  type FocusEvent,
  memo,
  useCallback,
  type KeyboardEvent,
  type MouseEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';

import { useShortcuts } from '../../keyboard/keyboard.tsx';
import { IconButton } from '../../ui/menu.tsx';
import { type Mark, serviceLook } from '../../format/service.ts';
import { nodeHeight, nodeWidth, type Place } from '../layout/types.ts';
import styles from './draw.module.css';
import page from '../map.module.css';
import { type Drawing, drawingOf, type Shown, type ShownEdge, type ShownNode } from './drawing.ts';
import { farLabels, farZoom, spread } from './far.ts';
import { FarLabels } from './far-labels.tsx';
import type { Line } from './geometry.ts';
import { fitText, type Label, labelHeight, placeLabels } from './labels.ts';
import { figureFont, nameFont, textWidth } from './measure.ts';
import { NodeShape } from './node-shape.tsx';
import type { LaidOut } from './use-layout.ts';
import { useViewport } from './viewport.ts';
import { nextNode } from './walk.ts';

export interface CanvasProps {
  readonly shown: Shown;
  readonly laidOut: LaidOut;
  readonly node: string | undefined;
  readonly edge: string | undefined;
  readonly onNode: (key: string) => void;
  readonly onEdge: (key: string) => void;
}

/** The map as a picture: one stop of the Tab key, and arrows from node to node inside. */
export function Canvas({ shown, laidOut, node, edge, onNode, onEdge }: CanvasProps) {
  const { t } = useTranslation('map');
  const svg = useRef<SVGSVGElement>(null);
  const group = useRef<SVGGElement>(null);
  const { scope, tookMs } = laidOut;
  const layout = useMemo(() => spread(laidOut.layout), [laidOut.layout]);
  const edges = useMemo(() => shown.edges.map(({ edge }) => edge), [shown]);
  const drawing = useMemo(() => drawingOf(edges, layout), [edges, layout]);
  const { places, lines, bounds } = drawing;
  const focus = focusOf(node, edge, edges, places);
  const [zoomStep, setZoomStep] = useState<number | null>(null);
  const onZoom = useCallback((zoom: number) => setZoomStep(farZoom(zoom)), []);
  const viewport = useViewport(svg, group, bounds, scope, focus, onZoom);
  // The details take room from the map: what they are about is not to be hidden by them.
  const revealed = useRef(viewport.reveal);
  useLayoutEffect(() => {
    revealed.current = viewport.reveal;
  });
  const { x: focusX, y: focusY } = focus ?? { x: null, y: null };
  useLayoutEffect(() => {
    if (focusX !== null && focusY !== null) {
      revealed.current({ x: focusX, y: focusY }, { width: nodeWidth, height: nodeHeight });
    }
  }, [focusX, focusY]);
  useShortcuts([
    { keys: ['+', '='], label: t('zoomIn'), run: () => viewport.zoomBy(1.25) },
    { keys: ['-', '−'], label: t('zoomOut'), run: () => viewport.zoomBy(0.8) },
    { keys: ['0'], label: t('fit'), run: () => viewport.fit() },
  ]);
  const labels = useMemo(() => labelsOf(shown.edges, lines, [...places.values()]), [shown, lines, places]);
  const near = useMemo(() => nearOf(edges, node, edge), [edges, node, edge]);
  const far = useMemo(
    () => (zoomStep === null ? [] : farLabelsOf(shown, drawing, zoomStep, node)),
    [shown, drawing, zoomStep, node],
  );
  const levels = useMemo(() => levelsOf(shown), [shown]);
  const nearLabels = useMemo(() => (near === null ? null : new Set([...near.nodes, ...near.edges])), [near]);
  const [last, setLast] = useState<string | undefined>(node);
  const there = (key: string | undefined) => key !== undefined && places.has(key);
  const stop = there(last)
    ? last
    : there(node)
      ? node
      : shown.nodes.find((each) => places.has(each.node.key))?.node.key;

  const choose = (target: EventTarget | null): boolean => {
    const chosen =
      target instanceof Element ? target.closest<SVGGElement>('[data-node],[data-edge],[data-label]') : null;
    const { node: nodeKey, edge: edgeKey, label = '' } = chosen?.dataset ?? {};
    if (nodeKey !== undefined) onNode(nodeKey);
    else if (edgeKey !== undefined) onEdge(edgeKey);
    else if (places.has(label)) onNode(label);
    else if (lines.has(label)) onEdge(label);
    return chosen !== null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') {
      if (choose(event.target)) event.preventDefault();
      return;
    }
    if (!event.key.startsWith('Arrow') || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = nextNode(stop ?? '', event.key, edges, places);
    const place = next === null ? undefined : places.get(next);
    if (next === null || place === undefined) return;
    setLast(next);
    viewport.reveal(place, { width: nodeWidth, height: nodeHeight });
    svg.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(next)}"] [role]`)?.focus();
  };
  // What is in it has roles of its own; here are the events of all of them.
  const events = {
    role: 'group',
    onClick: (event: MouseEvent) => choose(event.target),
    onKeyDown,
    onFocus: ({ target }: FocusEvent) => {
      const key = target.closest<SVGGElement>('[data-node]')?.dataset['node'];
      if (key !== undefined) setLast(key);
    },
  };
  return (
    <div className={page.canvas}>
      <svg
        {...events}
        ref={svg}
        className={styles.map}
        aria-label={t('picture', { nodes: shown.nodes.length, edges: shown.edges.length })}
        aria-describedby="map-keys"
        data-layout-ms={tookMs.toFixed(1)}
      >
        <defs>
          {(['usual', 'better', 'worse', 'bad'] as const).map((level) => (
            <marker
              key={level}
              id={`head-${level}`}
              className={styles[level]}
              viewBox="0 0 10 12"
              refX="0.5"
              refY="6"
              markerWidth="10"
              markerHeight="12"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0,0.5L10,6L0,11.5Z" className={styles.head} />
            </marker>
          ))}
        </defs>
        <g ref={group} className={zoomStep === null ? undefined : styles.fromAfar}>
          {shown.edges.map((each) => {
            const line = lines.get(each.edge.key);
            return line === undefined ? null : (
              <EdgeLine
                key={each.edge.key}
                shown={each}
                line={line}
                chosen={each.edge.key === edge}
                dim={near !== null && !near.edges.has(each.edge.key)}
              />
            );
          })}
          {shown.nodes.map((each) => {
            const place = places.get(each.node.key);
            return place === undefined ? null : (
              <NodeBox
                key={each.node.key}
                shown={each}
                place={place}
                chosen={each.node.key === node}
                dim={near !== null && !near.nodes.has(each.node.key)}
                stop={each.node.key === stop}
              />
            );
          })}
          {zoomStep === null ? (
            <Labels labels={labels} edges={shown.edges} near={near?.edges ?? null} />
          ) : (
            <FarLabels labels={far} zoom={zoomStep} levelOf={levels} near={nearLabels} />
          )}
        </g>
      </svg>
      <div className={page.zoom}>
        <IconButton label={t('zoomIn')} onClick={() => viewport.zoomBy(1.25)}>
          +
        </IconButton>
        <IconButton label={t('zoomOut')} onClick={() => viewport.zoomBy(0.8)}>
          −
        </IconButton>
        <IconButton label={t('fit')} onClick={() => viewport.fit()}>
          ⤢
        </IconButton>
      </div>
      <p id="map-keys" className={page.hidden}>
        {t('keysHint')}
      </p>
    </div>
  );
}

/** SVG has no element for it. */
const button = { role: 'button' } as const;

/** The marks of services, along a line. */
const dashes: Readonly<Record<Mark, string>> = { plain: 'none', diagonal: '4 2', middle: '13 4', upright: '2 2' };

const NodeBox = memo(function NodeBox({
  shown: { node, name, figures, health, label },
  place,
  chosen,
  dim,
  stop,
}: {
  readonly shown: ShownNode;
  readonly place: Place;
  readonly chosen: boolean;
  readonly dim: boolean;
  readonly stop: boolean;
}) {
  const look = serviceLook(node.service?.name ?? '');
  const striped = node.type === 'service' && node.service !== null;
  const left = -nodeWidth / 2 + (node.type === 'messaging' || node.type === 'outside' ? 20 : 13);
  const room = nodeWidth - 2 * (left + nodeWidth / 2) + 4;
  const mark = health.text === '' ? '' : `${health.level === 'better' ? '↓' : '▲'} ${health.text}`;
  const markWidth = mark === '' ? 0 : textWidth(mark, figureFont) * 1.08 + 6;
  const drop = node.type === 'database' ? 3 : 0;
  return (
    <g
      data-node={node.key}
      className={`${styles.node} ${styles[health.level]} ${chosen ? styles.chosen : ''} ${dim ? styles.dim : ''}`}
      transform={`translate(${place.x} ${place.y})`}
    >
      <title>{label}</title>
      <g {...button} tabIndex={stop ? 0 : -1} aria-label={label} aria-pressed={chosen} className={styles.face}>
        <NodeShape type={node.type} />
      </g>
      {striped && (
        <path
          d={`M${-nodeWidth / 2 + 6},${-nodeHeight / 2 + 7}v${nodeHeight - 14}`}
          strokeWidth={4}
          strokeDasharray={dashes[look.mark]}
          style={{ stroke: look.color }}
        />
      )}
      {/* The button has all of it in its name. */}
      <g aria-hidden className={styles.texts}>
        <text className={styles.name} x={left} y={figures === '' ? 4 : -4 + drop}>
          {fitText(name, room, (text) => textWidth(text, nameFont))}
        </text>
        <text className={styles.figures} x={left} y={13 + drop}>
          {fitText(figures, room - markWidth, (text) => textWidth(text, figureFont))}
        </text>
        {mark !== '' && (
          <text className={styles.health} x={left + room} y={13 + drop} textAnchor="end">
            {mark}
          </text>
        )}
      </g>
    </g>
  );
});

const EdgeLine = memo(function EdgeLine({
  shown: { edge, health, width, label },
  line,
  chosen,
  dim,
}: {
  readonly shown: ShownEdge;
  readonly line: Line;
  readonly chosen: boolean;
  readonly dim: boolean;
}) {
  return (
    <g
      {...button}
      tabIndex={-1}
      data-edge={edge.key}
      aria-label={label}
      aria-pressed={chosen}
      className={`${styles.edge} ${styles[health.level]} ${chosen ? styles.chosen : ''} ${dim ? styles.dim : ''}`}
    >
      <path className={styles.hit} d={line.d} />
      <path className={styles.line} d={line.d} strokeWidth={width} markerEnd={`url(#head-${health.level})`} />
    </g>
  );
});

function Labels({
  labels,
  edges,
  near,
}: {
  readonly labels: readonly Label[];
  readonly edges: readonly ShownEdge[];
  readonly near: ReadonlySet<string> | null;
}) {
  const levels = useMemo(() => new Map(edges.map(({ edge, health }) => [edge.key, health.level])), [edges]);
  return labels.map(({ key, text, x, y, width }) => (
    <g
      key={key}
      data-label={key}
      aria-hidden
      transform={`translate(${x} ${y})`}
      className={`${styles.label} ${styles[levels.get(key) ?? 'usual']} ${near !== null && !near.has(key) ? styles.dim : ''}`}
    >
      <rect x={-width / 2} y={-labelHeight / 2} width={width} height={labelHeight} rx={8} />
      <text textAnchor="middle" y={4}>
        {text}
      </text>
    </g>
  ));
}

function labelsOf(
  edges: readonly ShownEdge[],
  lines: ReadonlyMap<string, Line>,
  places: readonly Place[],
): readonly Label[] {
  const wanted = edges
    .filter(({ text }) => text !== '')
    .toSorted((a, b) => urgency[a.health.level] - urgency[b.health.level] || b.edge.calls - a.edge.calls)
    .map(({ edge, text }) => ({ key: edge.key, text, points: lines.get(edge.key)?.points ?? [] }));
  return placeLabels(wanted, places, (text) => textWidth(text, figureFont) * 1.06);
}

const urgency = { bad: 0, worse: 1, better: 2, usual: 3 } as const;

/** Names first, those that do badly before those with many calls; then what stands on the lines. */
function farLabelsOf({ nodes, edges }: Shown, { places, lines }: Drawing, zoom: number, chosen: string | undefined) {
  const rank = ({ node: { key, calls }, health }: ShownNode) =>
    key === chosen ? -1 : urgency[health.level] + 1 / (2 + calls);
  const names = nodes
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap(({ node: { key }, name }) => {
      const place = places.get(key);
      return place === undefined ? [] : [{ key, text: name, points: [place] }];
    });
  const figures = edges
    .filter(({ text }) => text !== '')
    .toSorted((a, b) => urgency[a.health.level] - urgency[b.health.level] || b.edge.calls - a.edge.calls)
    .map(({ edge, text }) => ({ key: edge.key, text, points: lines.get(edge.key)?.points ?? [] }));
  return farLabels([...names, ...figures], zoom, (text) => textWidth(text, figureFont) * 1.06);
}

/** How each node and edge does. */
function levelsOf({ nodes, edges }: Shown): (key: string) => string {
  const levels = new Map([
    ...nodes.map(({ node, health }) => [node.key, health.level] as const),
    ...edges.map(({ edge, health }) => [edge.key, health.level] as const),
  ]);
  return (key) => levels.get(key) ?? 'usual';
}

/** The node that is selected, or the one that a selected edge leads to. */
function focusOf(
  node: string | undefined,
  edge: string | undefined,
  edges: readonly { readonly key: string; readonly to: string }[],
  places: ReadonlyMap<string, Place>,
): Place | null {
  const key = edge === undefined ? node : edges.find((each) => each.key === edge)?.to;
  return key === undefined ? null : (places.get(key) ?? null);
}

/** What belongs to the selection: everything else steps back. */
function nearOf(
  edges: readonly { readonly key: string; readonly from: string; readonly to: string }[],
  node: string | undefined,
  edge: string | undefined,
): { readonly nodes: ReadonlySet<string>; readonly edges: ReadonlySet<string> } | null {
  const chosen = edges.filter(({ key, from, to }) =>
    edge !== undefined ? key === edge : node !== undefined && (from === node || to === node),
  );
  if (node === undefined && chosen.length === 0) return null;
  const nodes = new Set(chosen.flatMap(({ from, to }) => [from, to]));
  if (edge === undefined && node !== undefined) nodes.add(node);
  return { nodes, edges: new Set(chosen.map(({ key }) => key)) };
}
