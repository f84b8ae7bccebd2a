import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react';

import { nodeHeight, nodeWidth, type Point } from '../layout/types.ts';
import { readableZoom } from './far.ts';

/** px of the map that the window on it leaves free at its edges. */
const margin = 24;
const [minZoom, maxZoom] = [0.1, 2.5];

export interface Bounds {
  readonly width: number;
  readonly height: number;
}

export interface Viewport {
  zoomBy(factor: number): void;
  /** Shows all of it, at most at its own size. */
  fit(): void;
  /** Moves no further than it must to show a node. */
  reveal(middle: Point, size: Bounds): void;
}

/**
 * Pans and zooms a group by its transform alone: React draws nothing while the pointer moves, and
 * at most one transform is set for each frame. The pointer drags, the wheel pans, and zooms with Ctrl.
 */
export function useViewport(
  svg: RefObject<SVGSVGElement | null>,
  group: RefObject<SVGGElement | null>,
  bounds: Bounds,
  fitsFor: string,
  /** Shown at a size at which it can be read, also where the whole is too large for that. */
  focus: Point | null,
  /** Called with each frame in which the zoom is another. */
  onZoom: (zoom: number) => void,
): Viewport {
  const at = useRef({ x: 0, y: 0, zoom: 1 });
  const frame = useRef(0);
  const told = useRef(Number.NaN);
  const apply = useCallback(() => {
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      const { x, y, zoom } = at.current;
      group.current?.setAttribute('transform', `translate(${x} ${y}) scale(${zoom})`);
      if (zoom !== told.current) onZoom(zoom);
      told.current = zoom;
    });
  }, [group, onZoom]);
  const zoomAt = useCallback(
    (factor: number, { x, y }: Point) => {
      const before = at.current;
      const zoom = Math.min(maxZoom, Math.max(minZoom, before.zoom * factor));
      const grown = zoom / before.zoom;
      at.current = { zoom, x: x - (x - before.x) * grown, y: y - (y - before.y) * grown };
      apply();
    },
    [apply],
  );
  const fit = () => {
    const box = svg.current?.getBoundingClientRect();
    if (box === undefined || bounds.width === 0) return;
    const room = { width: box.width - 2 * margin, height: box.height - 2 * margin };
    const zoom = Math.max(minZoom, Math.min(1, room.width / bounds.width, room.height / bounds.height));
    at.current = { zoom, x: (box.width - bounds.width * zoom) / 2, y: (box.height - bounds.height * zoom) / 2 };
    apply();
  };
  const reveal = (middle: Point, size: Bounds) => {
    const box = svg.current?.getBoundingClientRect();
    if (box === undefined) return;
    const { x, y, zoom } = at.current;
    const shift = (position: number, length: number, room: number) =>
      Math.max(0, margin - (position - length / 2)) - Math.max(0, position + length / 2 - (room - margin));
    at.current = {
      zoom,
      x: x + shift(x + middle.x * zoom, size.width * zoom, box.width),
      y: y + shift(y + middle.y * zoom, size.height * zoom, box.height),
    };
    apply();
  };
  const show = () => {
    fit();
    if (focus === null) return;
    const { zoom } = at.current;
    if (zoom < readableZoom) viewport.zoomBy(readableZoom / zoom);
    reveal(focus, { width: nodeWidth, height: nodeHeight });
  };
  const viewport: Viewport = {
    zoomBy: (factor) => {
      const box = svg.current?.getBoundingClientRect();
      zoomAt(factor, { x: (box?.width ?? 0) / 2, y: (box?.height ?? 0) / 2 });
    },
    fit,
    reveal,
  };
  const latestShow = useRef(show);
  useLayoutEffect(() => {
    latestShow.current = show;
  });
  // Another window of the same map keeps what the reader looks at; another map is shown whole.
  useLayoutEffect(() => {
    if (fitsFor !== '') latestShow.current();
  }, [fitsFor]);
  useEffect(() => listen(svg.current, at, apply, zoomAt), [svg, apply, zoomAt]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  return viewport;
}

function listen(
  svg: SVGSVGElement | null,
  at: RefObject<{ x: number; y: number; zoom: number }>,
  apply: () => void,
  zoomAt: (factor: number, middle: Point) => void,
): () => void {
  if (svg === null) return () => {};
  let held: { readonly pointer: number; x: number; y: number; moved: number } | null = null;
  const down = (event: PointerEvent) => {
    if (event.button === 0) held = { pointer: event.pointerId, x: event.clientX, y: event.clientY, moved: 0 };
  };
  const move = (event: PointerEvent) => {
    if (held === null || held.pointer !== event.pointerId) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    held = { ...held, x: event.clientX, y: event.clientY, moved: held.moved + Math.hypot(dx, dy) };
    // A click may tremble.
    if (held.moved < 4) return;
    if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    at.current = { ...at.current, x: at.current.x + dx, y: at.current.y + dy };
    apply();
  };
  const up = () => {
    held = null;
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      zoomAt(Math.exp(-event.deltaY / 300), { x: event.clientX - box.left, y: event.clientY - box.top });
      return;
    }
    at.current = { ...at.current, x: at.current.x - event.deltaX, y: at.current.y - event.deltaY };
    apply();
  };
  svg.addEventListener('pointerdown', down);
  svg.addEventListener('pointermove', move);
  svg.addEventListener('pointerup', up);
  svg.addEventListener('pointercancel', up);
  // Not passive: the page is not to scroll as well.
  svg.addEventListener('wheel', wheel, { passive: false });
  return () => {
    svg.removeEventListener('pointerdown', down);
    svg.removeEventListener('pointermove', move);
    svg.removeEventListener('pointerup', up);
    svg.removeEventListener('pointercancel', up);
    svg.removeEventListener('wheel', wheel);
  };
}
