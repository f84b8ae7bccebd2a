import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpanTable } from '../table.ts';
import { rowsOf } from './duplicates.ts';
import { figuresOf } from './figure-sums.ts';
import { criticalPath } from './path.ts';
import { addSpans, operationLines, traceId } from './trace.testing.ts';

function onPathMs(lines: string): number[] {
  const table = new SpanTable();
  return Array.from(criticalPath(table, rowsOf(addSpans(table, lines))), (ns) => ns / 1e6);
}

test('of parallel children the last to end is on the path, then what ended before it began', () => {
  expect(
    onPathMs(`
      1   a internal root  0-100
      2<1 a internal early 10-30
      3<1 a internal inner 20-60
      4<1 a internal last  40-90
      5<4 a internal deep  50-70`),
  ).toEqual([30, 20, 0, 30, 20]);
});

test('children are clipped to their parents, and one outside is not on the path', () => {
  expect(
    onPathMs(`
      1   a server   root  10-100
      2<1 b server   skew  0-40
      3<2 b internal deep  0-20
      4<1 c consumer late  90-500
      5<1 c consumer after 200-500`),
  ).toEqual([50, 20, 10, 10, 0]);
});

test('each local root has a path of its own; a duplicate has none', () => {
  expect(
    onPathMs(`
      1   a internal one    0-10
      2<9 a internal orphan 0-5
      1   a internal one    0-99`),
  ).toEqual([10, 5, 0]);
});

test('self time is what no child covers, however children overlap', () => {
  const table = new SpanTable();
  const trace = addSpans(
    table,
    `
      1   a internal root 10-100
      2<1 a internal c1   0-20
      3<1 a internal c2   30-50
      4<1 a internal c3   40-60
      5<1 a internal c4   45-48
      6<1 a internal c5   90-120
      7<1 a internal c6   200-220`,
  );
  expect(operationLines(figuresOf(table, [{ traceId, ...trace }]))).toContain(
    'a internal root calls=1 self=40 path=50',
  );
});

/** Trees whose spans have any times at all. */
const tree = fc.array(fc.record({ parent: fc.nat(), start: fc.nat(100), duration: fc.nat(100) }), {
  minLength: 1,
  maxLength: 80,
});

test('the path of a tree takes exactly as long as its root, whatever the clocks said', () => {
  fc.assert(
    fc.property(tree, (spans) => {
      const lines = spans.map(({ parent, start, duration }, at) => {
        const above = at === 0 ? 0 : 1 + (parent % at);
        return `${(at + 1).toString(16)}<${above.toString(16)} a internal op ${start}-${start + duration}`;
      });
      const onPath = onPathMs(lines.join('\n'));
      expect(onPath.reduce((sum, ms) => sum + ms)).toBe(spans[0]?.duration);
      expect(Math.min(...onPath)).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('self time equals a count of the milliseconds that no child covers', () => {
  fc.assert(
    fc.property(tree, (spans) => {
      const table = new SpanTable();
      const lines = spans.map(
        ({ start, duration }, at) => `${at + 1}<${at === 0 ? 0 : 1} a internal op${at} ${start}-${start + duration}`,
      );
      const trace = addSpans(table, lines.slice(0, 9).join('\n'));
      const [root, ...children] = spans.slice(0, 9);
      if (root === undefined) return;
      let self = 0;
      for (let ms = root.start; ms < root.start + root.duration; ms += 1) {
        if (!children.some(({ start, duration }) => start <= ms && ms < start + duration)) self += 1;
      }
      const figures = Array.from(figuresOf(table, [{ traceId, ...trace }]).operations.values());
      expect(figures.find(({ operation }) => operation === 'op0')?.selfTimeNs).toBe(self * 1e6);
    }),
  );
});

test('a chain of 100,000 spans overflows nothing', () => {
  const table = new SpanTable();
  const spans = 100_000;
  for (let at = 0; at < spans; at += 1) {
    const row = table.addRow();
    table.idLo[row] = at + 1;
    table.parentLo[row] = at;
    table.startSubNs[row] = at;
    table.durationNs[row] = 2 * (spans - at);
  }
  const onPath = criticalPath(table, rowsOf({ from: 0, to: spans }));
  expect(onPath.reduce((sum, ns) => sum + ns)).toBe(2 * spans);
});
