import { expect, test } from 'vitest';
import { singleNode } from '../tables/options.ts';
import { headOf, onCluster } from './ddl.ts';
import { allStatements } from './migrations.ts';
import { shapeOf } from './shape.ts';

test.each([
  ['CREATE TABLE IF NOT EXISTS t (x Int8)', "CREATE TABLE IF NOT EXISTS t ON CLUSTER 'c' (x Int8)"],
  ['CREATE OR REPLACE VIEW v AS SELECT 1', "CREATE OR REPLACE VIEW v ON CLUSTER 'c' AS SELECT 1"],
  [
    'CREATE MATERIALIZED VIEW IF NOT EXISTS m TO t AS SELECT 1',
    "CREATE MATERIALIZED VIEW IF NOT EXISTS m ON CLUSTER 'c' TO t AS SELECT 1",
  ],
  ['ALTER TABLE t MODIFY TTL day', "ALTER TABLE t ON CLUSTER 'c' MODIFY TTL day"],
  ['DROP TABLE IF EXISTS t', "DROP TABLE IF EXISTS t ON CLUSTER 'c'"],
  ['CREATE DATABASE IF NOT EXISTS d', "CREATE DATABASE IF NOT EXISTS d ON CLUSTER 'c'"],
  ['INSERT INTO t SELECT 1', 'INSERT INTO t SELECT 1'],
])('%s on a cluster', (statement, expected) => {
  expect(onCluster(statement, 'c')).toBe(expected);
  expect(onCluster(statement, null)).toBe(statement);
});

test('every statement of every migration is one that can be put on a cluster', () => {
  const statements = allStatements(singleNode);
  expect(
    statements.filter((statement) => /^(CREATE|ALTER|DROP)/.test(statement) && headOf(statement) === null),
  ).toEqual([]);
});

test('the shape is read out of the statements', () => {
  const shape = shapeOf([
    `CREATE TABLE IF NOT EXISTS t (
  a LowCardinality(String) CODEC(ZSTD(1)),
  b DateTime64(3, 'UTC') DEFAULT now(),
  q String DEFAULT 'x), y',
  c SimpleAggregateFunction(sumMap, Map(Int16, Int64)),
  INDEX b b TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (a, b)`,
    'CREATE OR REPLACE VIEW v AS SELECT a, (b) FROM t',
    'CREATE TABLE IF NOT EXISTS gone (x Int8) ENGINE = Memory',
    'ALTER TABLE t ADD COLUMN IF NOT EXISTS d Tuple(Int64, FixedString(16)) CODEC(ZSTD(1)), ADD COLUMN e Array(String)',
    'ALTER TABLE t ADD INDEX IF NOT EXISTS d d TYPE bloom_filter GRANULARITY 1',
    'CREATE TABLE IF NOT EXISTS copy AS t\nENGINE = MergeTree ORDER BY (a)',
    'DROP TABLE IF EXISTS gone',
  ]);
  expect(shape.tables.get('copy')).toEqual(shape.tables.get('t'));
  expect([...shape.views]).toEqual(['v']);
  expect([...shape.tables.keys()]).toEqual(['t', 'copy']);
  expect(shape.tables.get('t')).toEqual([
    { name: 'a', type: 'LowCardinality(String)' },
    { name: 'b', type: "DateTime64(3, 'UTC')" },
    { name: 'q', type: 'String' },
    { name: 'c', type: 'SimpleAggregateFunction(sumMap, Map(Int16, Int64))' },
    { name: 'd', type: 'Tuple(Int64, FixedString(16))' },
    { name: 'e', type: 'Array(String)' },
  ]);
});
