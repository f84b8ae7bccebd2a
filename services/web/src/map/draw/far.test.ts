import { describe, expect, test } from 'vitest';

import { farLabels, farZoom, spread } from './far.ts';

const widthOf = (text: string) => text.length * 7;
const column = Array.from({ length: 100 }, (_, at) => ({
  key: `service-${at}`,
  text: `service-${at}`,
  points: [{ x: 0, y: at * 58 }],
}));

describe('labels of a map from afar', () => {
  test('stand for themselves: the more the closer one is, the first in any case', () => {
    const counts = [0.1, 0.2, 0.5].map((zoom) => {
      const labels = farLabels(column, zoom, widthOf);
      for (const [at, { y }] of labels.entries()) {
        expect((y - (labels[at - 1]?.y ?? Number.NEGATIVE_INFINITY)) * zoom).toBeGreaterThanOrEqual(17);
      }
      expect(labels[0]?.key).toBe('service-0');
      return labels.length;
    });
    expect(counts).toEqual([25, 50, 100]);
  });

  test('keep a size that can be read', () => {
    expect(farZoom(0.78)).toBe(null);
    for (const zoom of [0.1, 0.33, 0.5, 0.77]) {
      expect(zoom / (farZoom(zoom) ?? 1)).toBeGreaterThanOrEqual(0.999);
      expect(zoom / (farZoom(zoom) ?? 1)).toBeLessThan(1.13);
    }
  });
});

test('columns of a high map move apart, and not at all with a node less', () => {
  const nodes = Array.from({ length: 200 }, (_, at) => ({
    key: `${at}`,
    x: (at % 4) * 260,
    y: at * 20,
    layer: at % 4,
  }));
  const edges = [{ key: 'e', via: [{ x: 260, y: 5 }] }];
  const spreaded = spread({ nodes, edges });
  expect(spreaded.nodes[3]?.x).toBe(3 * 260 * 4);
  expect(spreaded.edges[0]?.via[0]).toEqual({ x: 1040, y: 5 });
  expect(spread({ nodes: nodes.slice(0, -2), edges }).nodes[3]?.x).toBe(3 * 260 * 4);
  const low = { nodes: nodes.map((node) => ({ ...node, y: node.y / 10 })), edges };
  expect(spread(low)).toBe(low);
});
