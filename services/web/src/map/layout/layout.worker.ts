import { layoutOf } from './layout.ts';
import type { Layout, LayoutGraph } from './types.ts';

export interface LayoutAsked {
  readonly id: number;
  readonly graph: LayoutGraph;
  readonly previous: Layout | null;
}

export interface LayoutMade {
  readonly id: number;
  readonly layout: Layout;
  readonly tookMs: number;
}

addEventListener('message', ({ data }: MessageEvent<LayoutAsked>) => {
  const startedMs = performance.now();
  const layout = layoutOf(data.graph, data.previous);
  postMessage({ id: data.id, layout, tookMs: performance.now() - startedMs } satisfies LayoutMade);
});
