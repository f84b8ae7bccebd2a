import { expect, test } from 'vitest';
import { planOf } from './plan.ts';

const first = ['CREATE TABLE IF NOT EXISTS a (x Int8)', 'CREATE OR REPLACE VIEW v AS SELECT x FROM a'];
const second = ['ALTER TABLE a ADD COLUMN IF NOT EXISTS y Int8', 'INSERT INTO a SELECT 1, 2'];
const third = ['CREATE TABLE IF NOT EXISTS b (x Int8)', 'DROP VIEW IF EXISTS v'];
const all = (seen: number): { statements: readonly string[]; isNew: boolean }[] =>
  [first, second, third].map((statements, at) => ({ statements, isNew: at >= seen }));

function run(seen: number, there: readonly string[]): string[] {
  return planOf(all(seen), new Set(there))
    .flat()
    .filter(({ runs }) => runs)
    .map(({ statement }) => statement);
}

test('a new database goes through everything, in order', () => {
  expect(run(0, [])).toEqual([...first, ...second, ...third]);
});

test('one that has seen everything goes through nothing', () => {
  expect(run(3, ['a', 'b'])).toEqual([]);
  const told = planOf(all(3), new Set(['a', 'b'])).flatMap((plan) => plan.flatMap(({ event }) => event ?? []));
  expect(told.filter(({ what }) => what.startsWith('table'))).toEqual([
    { what: 'table a', did: 'there' },
    { what: 'table b', did: 'there' },
  ]);
});

test('what is new is run, whatever was there', () => {
  expect(run(1, ['a', 'v'])).toEqual([...second, ...third]);
});

test('a table that was lost is made again with its columns of today; data is not moved again', () => {
  expect(run(3, ['b'])).toEqual([first[0], second[0]]);
});

test('a view that a migration dropped stays away', () => {
  expect(run(3, ['a', 'b'])).not.toContain(first[1]);
});

test('a view that a later migration makes anew is made once, and told once, new or lost', () => {
  const replaced = 'CREATE OR REPLACE VIEW v AS SELECT x, y FROM a';
  for (const isNew of [true, false]) {
    const plan = planOf(
      [first, [...second, replaced]].map((statements) => ({ statements, isNew })),
      new Set(isNew ? [] : ['a']),
    ).flat();
    const views = plan.filter(({ statement }) => statement.includes('VIEW'));
    expect(views.filter(({ runs }) => runs).map(({ statement }) => statement)).toEqual([replaced]);
    expect(views.flatMap(({ event }) => event ?? [])).toEqual([{ what: 'view v', did: 'made' }]);
  }
});
