import { expect, test } from 'vitest';

import { otlpOf } from '../testing/otlp.ts';
import { foldLateByMs, foldsOf } from './fold.ts';
import { latenessOf } from './late.ts';
import { spansOf } from './span.ts';
import { treeOf } from './tree.ts';

test('spans are late as what they came with', () => {
  const fragments = [{ lateByMs: null }, { lateByMs: 12_300 }];
  const spanFragments = [
    { fragment: 0, spanCount: 2 },
    { fragment: 1, spanCount: 1 },
    { fragment: 0, spanCount: 1 },
    { fragment: null, spanCount: 1 },
  ];
  expect(latenessOf({ fragments, spanFragments })).toEqual([null, null, 12_300, null, null]);
  expect(latenessOf({ fragments: [{ lateByMs: null }], spanFragments: [{ fragment: 0, spanCount: 3 }] })).toEqual([]);
});

test('what was late stands by its span, and folds with its like', () => {
  const queries = Array.from({ length: 12 }, (_, at) => ({ id: `q${at}`, parent: 'a', name: 'SELECT' }));
  const otlp = otlpOf([
    { id: 'a', startMs: 0, durationMs: 9 },
    ...queries.map((q) => ({ ...q, startMs: 1, durationMs: 2 })),
  ]);
  // The last six of the queries, each later than the one before.
  const lateness = Array.from({ length: 13 }, (_, at) => (at < 7 ? null : 1000 * at));
  const { spans, ...rest } = spansOf(otlp, lateness);
  expect(spans.map(({ lateByMs }) => lateByMs)).toEqual(lateness);
  const [root] = treeOf({ ...rest, spans }).roots;
  const folds = [...new Set(foldsOf(root?.children ?? []).values())];
  expect(folds.map((fold) => [fold.members.length, foldLateByMs(fold)])).toEqual([
    [6, null],
    [6, 12_000],
  ]);
});
