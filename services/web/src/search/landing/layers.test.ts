import { expect, test } from 'vitest';

import { layers } from './layers.ts';

const nodes = ['frontend', 'checkout', 'catalog', 'orders', 'products'].map((name, id) => ({ id, name }));
const edges = [
  { from: null, to: 0 },
  { from: 0, to: 1 },
  { from: 0, to: 2 },
  { from: 1, to: 3 },
  { from: 2, to: 4 },
];
const places = (...args: Parameters<typeof layers>) =>
  Object.fromEntries(layers(...args).map(({ id, column, row }) => [id, [column, row]]));

test('stands left to right as calls go, rows beside their callers', () => {
  // By name, catalog stands before checkout; products, which it calls, before orders.
  expect(places(nodes, edges)).toEqual({ 0: [0, 0], 1: [1, 1], 2: [1, 0], 3: [2, 1], 4: [2, 0] });
});

test('is the same in whatever order the answer has', () => {
  expect(places(nodes.toReversed(), edges.toReversed())).toEqual(places(nodes, edges));
});

test('calls go to the right: a service stands behind all who call it', () => {
  const direct = [...edges, { from: 0, to: 3 }, { from: 1, to: 2 }];
  expect(places(nodes, direct)).toMatchObject({ 1: [1, 0], 2: [2, 0], 3: [2, 1], 4: [3, 0] });
});

test('places services without calls, and rings that nobody enters', () => {
  const ring = [
    { from: 0, to: 1 },
    { from: 1, to: 0 },
  ];
  expect(places(nodes.slice(0, 3), ring)).toEqual({ 0: [1, 0], 1: [0, 1], 2: [0, 0] });
});
