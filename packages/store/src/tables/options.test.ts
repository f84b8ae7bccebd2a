import { expect, test } from 'vitest';
import { deduplicationWindowOf, replicatedTables, singleNode } from './options.ts';

test('tables of one server are what they always were', () => {
  expect(singleNode.engine('t', 'ReplacingMergeTree', 'v')).toBe('ReplacingMergeTree(v)');
  expect(singleNode.engine('t', 'AggregatingMergeTree')).toBe('AggregatingMergeTree()');
});

test('replicated tables stand where the server puts them, or at the path that is given', () => {
  expect(replicatedTables().engine('t', 'ReplacingMergeTree', 'v')).toBe('ReplicatedReplacingMergeTree(v)');
  expect(replicatedTables().engine('t', 'AggregatingMergeTree')).toBe('ReplicatedAggregatingMergeTree()');
  const path = '/clickhouse/tables/{shard}/{database}/{table}';
  expect(replicatedTables(path).engine('t', 'ReplacingMergeTree', 'v')).toBe(
    `ReplicatedReplacingMergeTree('${path}', '{replica}', v)`,
  );
});

test.each(['/clickhouse/{shard}', 'clickhouse/{table}', "/x/{table}' , 'y"])('the path %s is refused', (path) => {
  expect(() => replicatedTables(path)).toThrow(/not a path for every table/);
});

test('windows hold four minutes of blocks', () => {
  expect(deduplicationWindowOf(false)).toBe(48_000);
  expect(deduplicationWindowOf(true)).toBe(10_000);
});
