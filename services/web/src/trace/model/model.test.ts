import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { otlpOf, type SpanSketch } from '../testing/otlp.ts';
import { criticalByService, operationsOf } from './figures.ts';
import { findNodes } from './find.ts';
import { flameOf } from './flame.ts';
import { foldFigures } from './fold.ts';
import { mainPart, opensOnMain, type RowsWanted, rowsOf } from './rows.ts';
import { spansOf } from './span.ts';
import { clockShifts, skewMs, timingOf } from './timing.ts';
import { type Tree, treeOf } from './tree.ts';

const tree = (sketches: readonly SpanSketch[]): Tree => treeOf(spansOf(otlpOf(sketches)));
const shape = ({ nodes }: Tree) => nodes.map(({ key, depth }) => `${'  '.repeat(depth)}${key}`);
const everything: RowsWanted = { mainOnly: false, collapsed: new Set(), opened: new Set(), focus: null, wanted: [] };
const rows = (of: Tree, wish: Partial<RowsWanted> = {}) =>
  rowsOf(of, mainPart(of, timingOf(of, false)), { ...everything, ...wish }).map(({ key }) => key);

describe('the tree', () => {
  it('has parents before their children, the first to start first', () => {
    const made = tree([
      { id: 'c', parent: 'a', startMs: 5, durationMs: 1 },
      { id: 'b', parent: 'a', startMs: 1, durationMs: 2 },
      { id: 'd', parent: 'b', startMs: 2, durationMs: 1 },
      { id: 'a', startMs: 0, durationMs: 10 },
    ]);
    expect(shape(made)).toEqual(['a', '  b', '    d', '  c']);
    expect(made.nodes.map(({ below }) => below)).toEqual([3, 1, 0, 0]);
  });

  it('puts a server below the client whose id it took over, and children below the server', () => {
    const made = tree([
      { id: 'a', kind: 3, service: 'web', startMs: 0, durationMs: 10 },
      { id: 'a', kind: 2, service: 'cart', startMs: 1, durationMs: 8 },
      { id: 'b', parent: 'a', service: 'cart', startMs: 2, durationMs: 1 },
    ]);
    expect(shape(made)).toEqual(['a', '  a.server', '    b']);
  });

  it('has one row for each span that never came, as long as what is known of it', () => {
    const made = tree([
      { id: 'a', startMs: 0, durationMs: 10 },
      { id: 'b', parent: 'lost', startMs: 2, durationMs: 1 },
      { id: 'c', parent: 'lost', startMs: 4, durationMs: 3 },
    ]);
    expect(shape(made)).toEqual(['a', 'missing.lost', '  b', '  c']);
    expect(made.byKey.get('missing.lost')).toMatchObject({ span: null, startMs: 2, durationMs: 5 });
  });

  it('draws spans that are their own ancestors once', () => {
    const made = tree([
      { id: 'a', parent: 'b', startMs: 1, durationMs: 1 },
      { id: 'b', parent: 'a', startMs: 0, durationMs: 1 },
      { id: 'c', parent: 'a', startMs: 2, durationMs: 1 },
      { id: 'd', parent: 'd', startMs: 3, durationMs: 1 },
    ]);
    expect(shape(made)).toEqual(['d', 'b', '  a', '    c']);
    expect(made.byKey.get('b')?.cyclic).toBe(true);
  });

  it('says where an error began', () => {
    const made = tree([
      { id: 'a', startMs: 0, durationMs: 10, error: true },
      { id: 'b', parent: 'a', startMs: 1, durationMs: 5, error: true },
      { id: 'c', parent: 'b', startMs: 2, durationMs: 1 },
    ]);
    expect(made.nodes.map(({ origin }) => origin)).toEqual([false, true, false]);
    expect(made.nodes.map(({ failedBelow }) => failedBelow)).toEqual([1, 0, 0]);
  });

  it('goes as deep as calls do', () => {
    const made = tree(
      Array.from({ length: 20_000 }, (_, at) => ({
        id: `s${at}`,
        ...(at === 0 ? {} : { parent: `s${at - 1}` }),
        startMs: 0,
        durationMs: 1,
      })),
    );
    expect(made.nodes.at(-1)?.depth).toBe(19_999);
    expect(rows(made).length).toBe(20_000);
  });
});

/** Any spans: parents that are there, that are not, and that are below them; clocks that are wrong. */
const anySpans = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 12 }).map((id) => `s${id}`),
    parent: fc.integer({ min: 0, max: 14 }).map((id) => `s${id}`),
    service: fc.constantFrom('web', 'cart', 'db'),
    name: fc.constantFrom('read', 'write'),
    kind: fc.integer({ min: 0, max: 5 }),
    startMs: fc.integer({ min: 0, max: 50 }),
    durationMs: fc.integer({ min: 0, max: 30 }),
    error: fc.boolean(),
  }),
  { maxLength: 30 },
);

describe('whatever spans say', () => {
  it('each stands in the tree, and in the rows, once', () => {
    fc.assert(
      fc.property(anySpans, (sketches) => {
        const made = tree(sketches);
        const kinds = new Set(sketches.map(({ id, kind }) => `${id} ${kind}`));
        expect(made.nodes.filter(({ span }) => span !== null).length).toBe(kinds.size);
        expect(made.byKey.size).toBe(made.nodes.length);
        const folds = rowsOf(made, mainPart(made, timingOf(made, false)), everything).flatMap(({ fold }) => fold ?? []);
        const opened = new Set(folds.map(({ key }) => key));
        const shown = rows(made, { opened }).filter((key) => !key.startsWith('fold.'));
        expect(new Set(shown).size).toBe(shown.length);
        // A fold within a fold opens with the next wish.
        if (folds.length === 0) expect(shown.length).toBe(made.nodes.length);
      }),
    );
  });

  it('the critical path adds up to the roots, self time lies within the span', () => {
    fc.assert(
      fc.property(anySpans, fc.boolean(), (sketches, corrected) => {
        const made = tree(sketches);
        const timing = timingOf(made, corrected);
        const roots = made.nodes.filter(
          ({ span, parent }) => span !== null && (parent === null || parent.span === null),
        );
        const whole = roots.reduce((sum, { durationMs }) => sum + durationMs, 0);
        expect(criticalByService(made, timing).reduce((sum, { criticalMs }) => sum + criticalMs, 0)).toBeCloseTo(
          whole,
          6,
        );
        for (const { at, span, durationMs } of made.nodes) {
          if (span === null) continue;
          expect(timing.selfMs[at]).toBeGreaterThanOrEqual(0);
          expect(timing.selfMs[at]).toBeLessThanOrEqual(durationMs);
          const pieces = timing.critical.get(at) ?? [];
          expect(pieces.toSorted((a, b) => a - b)).toEqual(pieces);
        }
      }),
    );
  });

  it('no span starts before its parent once clocks are corrected', () => {
    fc.assert(
      fc.property(anySpans, (sketches) => {
        const made = tree(sketches);
        const shifts = clockShifts(made);
        const start = (at: number) => (made.nodes[at]?.startMs ?? 0) + (shifts[at] ?? 0);
        for (const { at, parent } of made.nodes) {
          if (parent !== null && parent.span !== null)
            expect(start(at)).toBeGreaterThanOrEqual(start(parent.at) - 1e-9);
        }
      }),
    );
  });

  it('no two bars of the flame graph lie on each other', () => {
    fc.assert(
      fc.property(anySpans, (sketches) => {
        const made = tree(sketches);
        const timing = timingOf(made, false);
        const { lane } = flameOf(made, timing);
        const end = (at: number) => (timing.startMs[at] ?? 0) + (timing.durationMs[at] ?? 0);
        for (const a of made.nodes) {
          if (a.parent !== null) expect(lane[a.at]).toBeGreaterThan(lane[a.parent.at] ?? 0);
          for (const b of made.nodes) {
            if (a === b || lane[a.at] !== lane[b.at]) continue;
            const overlap =
              Math.min(end(a.at), end(b.at)) - Math.max(timing.startMs[a.at] ?? 0, timing.startMs[b.at] ?? 0);
            expect(overlap).toBeLessThanOrEqual(0);
          }
        }
      }),
    );
  });
});

describe('time', () => {
  const made = tree([
    { id: 'a', service: 'web', startMs: 0, durationMs: 100 },
    { id: 'b', parent: 'a', service: 'cart', startMs: 10, durationMs: 40 },
    { id: 'c', parent: 'a', service: 'db', startMs: 30, durationMs: 50 },
    { id: 'late', parent: 'a', service: 'mail', startMs: 90, durationMs: 50 },
  ]);
  const timing = timingOf(made, false);
  const of = (figures: Float64Array) => Object.fromEntries(made.nodes.map(({ at, key }) => [key, figures[at]]));

  it('is kept to the nanosecond', () => {
    const [span] = tree([{ id: 'a', startMs: 0.000_001, durationMs: 0.123_456 }]).nodes;
    expect(span?.startMs).toBeCloseTo(0.000_001, 9);
    expect(span?.durationMs).toBeCloseTo(0.123_456, 9);
  });

  it('is on the critical path where nothing else was waited for', () => {
    expect(of(timing.criticalMs)).toEqual({ a: 40, b: 0, c: 50, late: 10 });
    expect(timing.critical.get(0)).toEqual([0, 30, 80, 90]);
    expect(of(timing.selfMs)).toEqual({ a: 20, b: 40, c: 50, late: 50 });
  });

  it('is summed up by operation', () => {
    const [first] = operationsOf(made, timing, 'critical');
    expect(first).toMatchObject({ service: 'db', calls: 1, criticalMs: 50 });
  });

  it('says by how much clocks differ, and corrects it with all that is below', () => {
    const skewed = tree([
      { id: 'a', service: 'web', startMs: 10, durationMs: 20 },
      { id: 'b', parent: 'a', service: 'cart', startMs: 6.8, durationMs: 10 },
      { id: 'c', parent: 'b', service: 'cart', startMs: 7.8, durationMs: 1 },
    ]);
    const [, b, c] = skewed.nodes;
    if (b === undefined || c === undefined) throw new Error('three spans');
    expect(skewMs(b)).toBeCloseTo(-3.2);
    expect(skewMs(c)).toBe(0);
    const corrected = timingOf(skewed, true);
    expect((corrected.startMs[b.at] ?? 0) - (corrected.startMs[0] ?? 0)).toBeCloseTo(5);
    expect((corrected.startMs[c.at] ?? 0) - (corrected.startMs[b.at] ?? 0)).toBeCloseTo(1);
  });
});

describe('rows', () => {
  const selects = Array.from({ length: 8 }, (_, at) => ({
    id: `q${at}`,
    parent: 'a',
    service: 'cart',
    name: 'SELECT cart',
    kind: 3,
    startMs: at + 1,
    durationMs: at + 1,
    error: at === 3,
    attributes: { 'db.query.text': `SELECT ${at}` },
  }));
  const made = tree([{ id: 'a', startMs: 0, durationMs: 20 }, ...selects]);

  it('fold like siblings; one that failed stays', () => {
    expect(rows(made)).toEqual(['a', 'fold.q0', 'q3']);
    expect(rows(made, { opened: new Set(['fold.q0']) })).toEqual([
      'a',
      'fold.q0',
      'q0',
      'q1',
      'q2',
      'q4',
      'q5',
      'q6',
      'q7',
      'q3',
    ]);
    const fold = rowsOf(made, new Uint8Array(9), everything)[1]?.fold;
    expect(fold && foldFigures(fold)).toEqual({ sumMs: 32, p50Ms: 5, maxMs: 8 });
  });

  it.each([
    [4, ['a', 'q0', 'q1', 'q2', 'q3']],
    [5, ['a', 'fold.q0']],
  ])('of %i like siblings are %j', (siblings, shown) => {
    const like = selects.slice(0, siblings).map((each) => ({ ...each, error: false }));
    expect(rows(tree([{ id: 'a', startMs: 0, durationMs: 20 }, ...like]))).toEqual(shown);
  });

  it.each([{ service: 'shop' }, { name: 'SELECT shop' }, { kind: 1 }, { error: true }])(
    'stand by themselves where one of five is %j',
    (other) => {
      const like = selects.slice(0, 5).map((each, at) => ({ ...each, error: false, ...(at === 4 && other) }));
      expect(rows(tree([{ id: 'a', startMs: 0, durationMs: 20 }, ...like]))).toEqual([
        'a',
        'q0',
        'q1',
        'q2',
        'q3',
        'q4',
      ]);
    },
  );

  it('show what is wanted out of a fold', () => {
    const wanted = findNodes(made, 'select 5');
    expect(wanted.map(({ key }) => key)).toEqual(['q5']);
    expect(rows(made, { wanted })).toEqual(['a', 'fold.q0', 'q5', 'q3']);
  });

  it('leave out what is collapsed, and what is outside the focus', () => {
    expect(rows(made, { collapsed: new Set(['a']) })).toEqual(['a']);
    expect(rows(made, { focus: made.byKey.get('q3') ?? null })).toEqual(['q3']);
  });

  it('are the critical path and the errors, where that is asked for', () => {
    const many = tree([
      { id: 'a', startMs: 0, durationMs: 100 },
      { id: 'b', parent: 'a', startMs: 10, durationMs: 80 },
      { id: 'c', parent: 'a', startMs: 12, durationMs: 20 },
      { id: 'd', parent: 'c', startMs: 13, durationMs: 1, error: true },
      { id: 'e', parent: 'a', startMs: 14, durationMs: 1 },
      { id: 'f', parent: 'e', startMs: 14, durationMs: 1 },
    ]);
    expect(rows(many, { mainOnly: true })).toEqual(['a', 'b', 'c', 'd']);
    const shown = rowsOf(many, mainPart(many, timingOf(many, false)), { ...everything, mainOnly: true });
    expect(shown[0]?.leftOut).toBe(1);
    expect(rows(many, { mainOnly: true, opened: new Set(['a']) })).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it.each([
    [999, false],
    [1000, false],
    [1001, true],
  ])('of %i spans: the critical path and the errors alone at first: %s', (spans, main) => {
    const made = tree(Array.from({ length: spans }, (_, at) => ({ id: `s${at}`, startMs: at, durationMs: 1 })));
    expect(made.spanCount).toBe(spans);
    expect(opensOnMain(made)).toBe(main);
  });

  it('are counted without spans that never came', () => {
    const spans = Array.from({ length: 1000 }, (_, at) => ({
      id: `s${at}`,
      parent: 'lost',
      startMs: at,
      durationMs: 1,
    }));
    const made = tree(spans);
    expect(made.nodes).toHaveLength(1001);
    expect(opensOnMain(made)).toBe(false);
  });
});
