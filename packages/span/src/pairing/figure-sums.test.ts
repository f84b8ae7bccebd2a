import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Figures } from '../figures.ts';
import { bucketIndex } from '../histogram.ts';
import { SpanTable } from '../table.ts';
import { dropDuplicates, rowsOf } from './duplicates.ts';
import { figuresOf, FigureSums } from './figure-sums.ts';
import { addSpans, edgeLines, operationLines, traceId } from './trace.testing.ts';

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const peers = ['', 'database:db', 'messaging:orders', 'external:cart', 'service:cart'];
const links = ['', 'link:2', 'link:3', 'link:a/1', 'link:a/1 link:b/1'];

/** A line for {@link addSpans}. Few ids, so that parents, gaps, duplicates, shared ids and cycles all come. */
const spanLine = fc
  .record({
    id: fc.integer({ min: 1, max: 12 }),
    parent: fc.integer({ min: 0, max: 14 }),
    service: fc.constantFrom('web', 'cart', 'prod/web'),
    kind: fc.constantFrom(...kinds),
    operation: fc.constantFrom('GET', 'work'),
    start: fc.integer({ min: 0, max: 50 }),
    duration: fc.integer({ min: 0, max: 50 }),
    status: fc.constantFrom('', 'error'),
    weight: fc.constantFrom('', 'x3'),
    minute: fc.constantFrom('', 'minute+1'),
    peer: fc.constantFrom(...peers),
    link: fc.constantFrom(...links),
  })
  .map((span) =>
    [
      `${span.id.toString(16)}<${span.parent.toString(16)} ${span.service} ${span.kind} ${span.operation}`,
      `${span.start}-${span.start + span.duration}`,
      span.status,
      span.weight,
      span.minute,
      span.peer,
      span.link,
    ].join(' '),
  );
const spanLines = fc.array(spanLine, { minLength: 1, maxLength: 16 });

/** Every sum by its key, without zeros. */
function sumsOf(figures: Figures): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [key, figure] of [...figures.edges, ...figures.operations]) {
    for (const [name, value] of Object.entries(figure) as [string, unknown][]) {
      if (name === 'minute' || name === 'kind') continue;
      if (typeof value === 'number') put(sums, `${key} ${name}`, value);
      if (value instanceof Map) for (const [bucket, count] of value) put(sums, `${key} ${name} ${bucket}`, count);
    }
  }
  return sums;
}

function put(sums: Map<string, number>, key: string, value: number): void {
  const sum = (sums.get(key) ?? 0) + value;
  if (sum === 0) sums.delete(key);
  else sums.set(key, sum);
}

describe('figures', () => {
  test('an added trace that is taken away leaves nothing', () => {
    fc.assert(
      fc.property(spanLines, (lines) => {
        const table = new SpanTable();
        const rows = rowsOf(addSpans(table, lines.join('\n')));
        const sums = new FigureSums(table);
        sums.add(traceId, rows, 1);
        sums.add(traceId, rows, -1);
        const { edges, operations } = sums.figures();
        expect([edges.size, operations.size]).toEqual([0, 0]);
      }),
    );
  });

  test('the correction of late spans makes the figures those of the whole trace', () => {
    fc.assert(
      fc.property(spanLines, spanLines, (earlier, late) => {
        const table = new SpanTable();
        const e = addSpans(table, earlier.join('\n'));
        const n = addSpans(table, late.join('\n'));
        const correction = new FigureSums(table);
        correction.add(traceId, rowsOf(e, n), 1);
        correction.add(traceId, rowsOf(e), -1);
        const sums = sumsOf(figuresOf(table, [{ traceId, ...e }]));
        for (const [key, value] of sumsOf(correction.figures())) put(sums, key, value);
        expect(sums).toEqual(sumsOf(figuresOf(table, [{ traceId, from: e.from, to: n.to }])));
      }),
    );
  });

  test('the order of rows does not matter, duplicates apart', () => {
    const shuffled = fc.uniqueArray(spanLine, {
      selector: (line) => `${line.split('<')[0]} ${line.split(' ')[2]}`,
      maxLength: 60,
    });
    const both = shuffled.chain((lines) =>
      fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })),
    );
    fc.assert(
      fc.property(both, ([lines, reordered]) => {
        const table = new SpanTable();
        const first = figuresOf(table, [{ traceId, ...addSpans(table, lines.join('\n')) }]);
        const second = figuresOf(table, [{ traceId, ...addSpans(table, reordered.join('\n')) }]);
        expect(sumsOf(second)).toEqual(sumsOf(first));
      }),
    );
  });

  test('duplicates change nothing, whether dropped before or not', () => {
    fc.assert(
      fc.property(spanLines, (lines) => {
        const table = new SpanTable();
        const rows = rowsOf(addSpans(table, [...lines, ...lines].join('\n')));
        const [raw, clean] = [new FigureSums(table), new FigureSums(table)];
        raw.add(traceId, rows, 1);
        clean.add(traceId, dropDuplicates(table, rows).rows, 1);
        expect(raw.figures()).toEqual(clean.figures());
      }),
    );
  });

  test('every span counts as one call of its operation, and every call is timed', () => {
    fc.assert(
      fc.property(spanLines, (lines) => {
        const table = new SpanTable();
        const rows = rowsOf(addSpans(table, lines.join('\n')));
        const sums = new FigureSums(table);
        sums.add(traceId, rows, 1);
        const { operations } = sums.figures();
        let sampled = 0;
        for (const operation of operations.values()) {
          sampled += operation.sampledCalls;
          expect(Array.from(operation.duration.values()).reduce((a, b) => a + b)).toBe(operation.calls);
        }
        expect(sampled).toBe(dropDuplicates(table, rows).rows.length);
      }),
    );
  });

  test('sums of many keys survive growth', () => {
    const table = new SpanTable();
    const spans = 5000;
    const lines = Array.from({ length: spans }, (_, n) => `${(n + 1).toString(16)} s${n % 50} server op${n} 0-${n}`);
    const { operations, edges } = figuresOf(table, [{ traceId, ...addSpans(table, lines.join('\n')) }]);
    expect([operations.size, edges.size]).toEqual([spans, spans]);
    expect(new Set(Array.from(edges.values(), (edge) => edge.operation)).size).toBe(spans);
    for (const edge of edges.values()) {
      expect([edge.calls, Array.from(edge.serverDuration)]).toEqual([
        1,
        [[bucketIndex(edge.slowest?.durationNs ?? 0), 1]],
      ]);
    }
  });
});

describe('operations', () => {
  test('an error began where no child failed', () => {
    const table = new SpanTable();
    const trace = addSpans(
      table,
      `
      1   web  server GET/   0-10 error x2
      2<1 web  client GET    1-9  error
      3<2 cart server /cart  2-8  error
      4<3 cart client query  3-4  database:db`,
    );
    expect(operationLines(figuresOf(table, [{ traceId, ...trace }]))).toEqual([
      'cart client query calls=1 self=1 path=1 local=1',
      'cart server /cart calls=1 errors=1 began=1 self=5 path=5',
      'web client GET calls=1 errors=1 began=0 self=2 path=2 local=1',
      'web server GET/ calls=2 errors=2 began=0 self=4 path=4',
    ]);
  });

  test('a span is local whose parent is there, in the same service: seen once, whatever it stands for', () => {
    const table = new SpanTable();
    const trace = addSpans(
      table,
      `
      1   web      server   GET/  0-10
      2<1 web      client   call  1-9 x3
      3<2 web      server   own   2-8
      3<2 web      client   own   2-8
      4<3 cart     server   /cart 3-7
      5<9 web      internal work  1-2
      6<1 prod/web internal work  1-2`,
    );
    const { operations } = figuresOf(table, [{ traceId, ...trace }]);
    const local = Array.from(operations.values(), ({ service, operation, kind, localSpans }) =>
      [service.environment, service.name, operation, kind, localSpans].join(' '),
    );
    expect(local.sort()).toEqual([
      ' cart /cart 2 0',
      ' web GET/ 2 0',
      ' web call 3 1',
      ' web own 2 1',
      ' web own 3 1',
      ' web work 1 0',
      'prod web work 1 0',
    ]);
  });

  test('spans of one key are summed, and time comes to the nanosecond', () => {
    const table = new SpanTable();
    const trace = addSpans(
      table,
      `1 web internal a 0.000001-1\n2 web internal a 5.999999-6.000001\n3 web client a 0-1`,
    );
    expect(operationLines(figuresOf(table, [{ traceId, ...trace }]))).toEqual([
      'web client a calls=1 self=1 path=1',
      'web internal a calls=2 self=1.000001 path=1.000001',
    ]);
  });
});

describe('exemplars', () => {
  const slow = 'a'.repeat(32);
  const failing = 'b'.repeat(32);

  test('the slowest trace and one that failed are named', () => {
    const table = new SpanTable();
    const sums = new FigureSums(table);
    sums.add(traceId, rowsOf(addSpans(table, '1 web client GET 0-5 service:cart')), 1);
    sums.add(slow, rowsOf(addSpans(table, '1 web client GET 0-9 service:cart')), 1);
    sums.add(failing, rowsOf(addSpans(table, '1 web client GET 0-7 service:cart error')), 1);
    const [edge] = sums.figures().edges.values();
    expect(edge?.slowest).toEqual({ durationNs: 9e6, traceId: slow });
    expect(edge?.failed).toBe(failing);
  });

  test('what is only taken away is no example, and an example keeps no empty edge', () => {
    const table = new SpanTable();
    const e = addSpans(table, '2<1 cart server /cart 1-8 error');
    const n = addSpans(table, '1 web client GET 0-9');
    const sums = new FigureSums(table);
    sums.add(slow, rowsOf(e, n), 1);
    sums.add(slow, rowsOf(e), -1);
    const { edges } = sums.figures();
    expect(edgeLines(sums.figures())).toEqual([
      '- -> cart entry /cart calls=-1 serverErrors=-1 timed=0/-1',
      'web -> cart rpc /cart calls=1 serverErrors=1 timed=1/1',
    ]);
    const entry = Array.from(edges.values()).find((edge) => edge.kind === 'entry');
    expect([entry?.slowest, entry?.failed]).toEqual([null, null]);
  });
});
