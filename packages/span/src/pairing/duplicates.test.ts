import { expect, test } from 'vitest';
import { SpanTable } from '../table.ts';
import { dropDuplicates, rowsOf } from './duplicates.ts';
import { addSpans } from './trace.testing.ts';

test('of spans with the same id and kind the first stays', () => {
  const table = new SpanTable();
  const rows = rowsOf(
    addSpans(
      table,
      `
      1 web  client GET   0-9
      2 cart server /cart 1-8
      1 cart server /cart 1-8
      1 web  client GET   0-9
      2 cart server /cart 1-8`,
    ),
  );
  expect(dropDuplicates(table, rows)).toEqual({ rows: Int32Array.of(0, 1, 2), dropped: 2 });
});

test('the first in the order given stays, whichever row that is', () => {
  const table = new SpanTable();
  const late = addSpans(table, '1 web client GET 0-9\n2 web client A 0-9');
  const earlier = addSpans(table, '1 web client GET 0-9');
  expect(dropDuplicates(table, rowsOf(earlier, late))).toEqual({ rows: Int32Array.of(2, 1), dropped: 1 });
});
