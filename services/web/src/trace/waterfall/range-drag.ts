import { type PointerEvent, useState } from 'react';

import type { Zoom } from '../params.ts';

/** Less is a click that shook. */
const leastPixels = 4;

export interface RangeDrag {
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    readonly onDoubleClick: () => void;
  };
  /** Where what was dragged over so far lies. */
  readonly mark: { readonly left: string; readonly width: string } | null;
}

/** A part of the time chosen by dragging over an element that shows all of `shown`; a double click takes it back. */
export function useRangeDrag(shown: Zoom, onRange: (zoom: Zoom | null) => void): RangeDrag {
  const [dragged, setDragged] = useState<{ readonly from: number; readonly to: number; readonly width: number } | null>(
    null,
  );
  const place = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return { at: Math.min(Math.max(event.clientX - left, 0), width), width };
  };
  return {
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        const { at, width } = place(event);
        setDragged({ from: at, to: at, width });
      },
      onPointerMove: (event) => {
        if (dragged !== null) setDragged({ ...dragged, to: place(event).at });
      },
      onPointerUp: () => {
        if (dragged === null) return;
        setDragged(null);
        const [from, to] = [Math.min(dragged.from, dragged.to), Math.max(dragged.from, dragged.to)];
        if (to - from < leastPixels) return;
        const ms = (pixel: number) => shown.fromMs + (pixel / dragged.width) * (shown.toMs - shown.fromMs);
        onRange({ fromMs: ms(from), toMs: ms(to) });
      },
      onDoubleClick: () => onRange(null),
    },
    mark:
      dragged === null
        ? null
        : { left: `${Math.min(dragged.from, dragged.to)}px`, width: `${Math.abs(dragged.to - dragged.from)}px` },
  };
}
