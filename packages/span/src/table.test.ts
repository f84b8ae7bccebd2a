import { expect, test } from 'vitest';
import { SpanTable } from './table.ts';

test('rows that were taken away leave nothing behind in the rows that take their place', () => {
  const table = new SpanTable();
  const kept = table.addRow();
  table.parentLo[kept] = 7;
  table.links.set(kept, [{ traceId: 'a', spanId: 'b' }]);
  for (let row = 1; row < 1500; row += 1) {
    table.addRow();
    table.parentLo[row] = row;
    table.peerKind[row] = 2;
    table.links.set(row, []);
  }
  table.truncate(1);
  expect(table.length).toBe(1);

  const row = table.addRow();
  expect([table.parentLo[row], table.peerKind[row], table.weight[row], table.body[row]]).toEqual([0, 0, 1, -1]);
  expect(Array.from(table.links.keys())).toEqual([kept]);
  expect(table.parentLo[kept]).toBe(7);
});
