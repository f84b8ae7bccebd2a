import { expect, test } from 'vitest';
import { addSpans } from '../pairing/trace.testing.ts';
import { SpanTable } from '../table.ts';
import { createNameFold, otherName } from './fold.ts';

function names(table: SpanTable, column: 'operation' | 'peer'): string[] {
  return Array.from(table[column].slice(0, table.length), (name) => table.strings.values[name] ?? '');
}

test('operations beyond the limit of a service become (other), those before stay', () => {
  const table = new SpanTable();
  const fold = createNameFold(table, { maxOperations: 2, maxPeers: 2 });
  const first = addSpans(table, '1 web server a 0-1\n2 web server b 0-1\n3 web server c 0-1');
  const second = addSpans(
    table,
    '4 web server a 0-1\n5 web server d 0-1\n6 cart server c 0-1\n7 web server (other) 0-1',
  );
  fold.fold(first.from, first.to);
  fold.fold(second.from, second.to);
  expect(names(table, 'operation')).toEqual(['a', 'b', otherName, 'a', otherName, 'c', otherName]);
  expect(fold.folded()).toEqual([{ service: 0, column: 'operation', spans: 2, samples: ['c', 'd'] }]);
});

test('peers have their own limit, and rows without a peer no part in it', () => {
  const table = new SpanTable();
  const fold = createNameFold(table, { maxOperations: 9, maxPeers: 1 });
  const rows = addSpans(
    table,
    `
    1 web client a 0-1
    2 web client a 0-1 database:x
    3 web client a 0-1 external:y
    4 web client a 0-1 database:x`,
  );
  fold.fold(rows.from, rows.to);
  expect(names(table, 'peer').slice(1)).toEqual(['x', otherName, 'x']);
  expect(fold.folded()).toEqual([{ service: 0, column: 'peer', spans: 1, samples: ['y'] }]);
});

test('a million names leave 500 and (other), every span still counted', () => {
  const table = new SpanTable();
  const fold = createNameFold(table);
  const spans = 20_000;
  for (let at = 0; at < spans; at += 1) {
    const row = table.addRow();
    table.operation[row] = table.strings.id(`name ${at}`, () => `name ${at}`);
  }
  fold.fold(0, spans);
  expect(new Set(names(table, 'operation')).size).toBe(501);
  expect(fold.folded()[0]?.spans).toBe(spans - 500);
  expect(fold.folded()[0]?.samples).toEqual(['name 500', 'name 501', 'name 502', 'name 503', 'name 504']);
});
