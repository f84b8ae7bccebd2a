import { describe, expect, it } from 'vitest';

import { spansOf } from '../trace/model/span.ts';
import { type Tree, treeOf } from '../trace/model/tree.ts';
import { otlpOf, type SpanSketch } from '../trace/testing/otlp.ts';
import { align } from './align.ts';

const tree = (sketches: readonly SpanSketch[]): Tree => treeOf(spansOf(otlpOf(sketches)));
const root = { service: 'web', name: 'GET /', startMs: 0, durationMs: 100 };
const query = { service: 'cart', name: 'SELECT', startMs: 1, durationMs: 10 };

describe('two traces', () => {
  it('are laid side by side by call path, whatever the ids', () => {
    const a = tree([
      { ...root, id: 'a1' },
      { ...query, id: 'a2', parent: 'a1' },
      { ...query, id: 'a3', parent: 'a1', service: 'mail' },
    ]);
    const b = tree([
      { ...root, id: 'b1', durationMs: 101 },
      { ...query, id: 'b2', parent: 'b1', error: true },
      { ...query, id: 'b3', parent: 'b1', durationMs: 15 },
      { ...query, id: 'b4', parent: 'b2', service: 'db' },
    ]);
    const seen = align(a, b).map(({ depth, service, state, a, b }) => [depth, service, state, a?.calls, b?.calls]);
    expect(seen).toEqual([
      [0, 'web', 'same', 1, 1],
      [1, 'cart', 'slower', 1, 2],
      [2, 'db', 'added', undefined, 1],
      [1, 'mail', 'gone', 1, undefined],
    ]);
    expect(align(a, b)[1]?.b).toMatchObject({ totalMs: 25, errors: 1 });
  });

  it('swapped say the opposite', () => {
    const a = tree([{ ...root, id: 'a1' }]);
    const b = tree([
      { ...root, id: 'b1', durationMs: 150 },
      { ...query, id: 'b2', parent: 'b1' },
    ]);
    expect(align(a, b).map(({ state }) => state)).toEqual(['slower', 'added']);
    expect(align(b, a).map(({ state }) => state)).toEqual(['faster', 'gone']);
  });
});
