import { createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import * as fc from 'fast-check';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryEngine } from '../testing/engine.ts';
import type { TemporaryEngine } from '../testing/engine.ts';
import { nativeBlock } from './block.ts';
import {
  arrays,
  byteStrings,
  dateTimes,
  dates,
  fixedStrings,
  histograms,
  integers,
  longs,
  lowCardinality,
  strings,
  textLists,
  textMaps,
  tuples,
  writeLongs,
} from './columns.ts';

let temporary: TemporaryEngine;
let client: ClickHouseClient;

beforeAll(async () => {
  temporary = await temporaryEngine();
  client = createClient({ url: temporary.engine.url, password: temporary.engine.secret });
  await client.command({
    query: `CREATE TABLE everything (
      id UInt32, small Int16, byte UInt8, day Date, second DateTime('UTC'), nanos DateTime64(9, 'UTC'),
      signed Int64, unsigned UInt64, text String, raw String, fixed FixedString(3),
      word LowCardinality(String), list Array(Int64), words Array(LowCardinality(String)),
      map Map(LowCardinality(String), String), histogram Map(Int16, Int64), pair Tuple(Int64, FixedString(3))
    ) ENGINE = Memory`,
  });
});

afterAll(async () => {
  await client.close();
  await temporary.remove();
});

const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.constantFrom('', '\n\n', 'x'.repeat(300)),
);
const row = fc.record({
  small: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  byte: fc.integer({ min: 0, max: 255 }),
  day: fc.integer({ min: 0, max: 65_535 }),
  second: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  nanos: fc.bigInt({ min: 0n, max: 9_000_000_000_000_000_000n }),
  signed: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  unsigned: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  text,
  raw: fc.uint8Array({ maxLength: 100 }),
  fixed: fc.uint8Array({ minLength: 3, maxLength: 3 }),
  word: text,
  list: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 5 }),
  words: fc.array(text, { maxLength: 4 }),
  map: fc.array(fc.tuple(text, text), { maxLength: 4 }),
  histogram: fc.dictionary(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }).map(String), fc.maxSafeInteger(), {
    maxKeys: 5,
  }),
});

function hex(value: Uint8Array | string): string {
  return Buffer.from(value as string).toString('hex');
}

async function roundTrip(rows: readonly (typeof row extends fc.Arbitrary<infer T> ? T : never)[]): Promise<unknown> {
  await client.command({ query: 'TRUNCATE TABLE everything' });
  const maps = rows.map((one) => new Map(Object.entries(one.histogram).map(([key, value]) => [Number(key), value])));
  const block = nativeBlock(rows.length, [
    integers(
      'id',
      'UInt32',
      rows.map((_, at) => at),
    ),
    integers(
      'small',
      'Int16',
      rows.map((one) => one.small),
    ),
    integers(
      'byte',
      'UInt8',
      rows.map((one) => one.byte),
    ),
    dates(
      'day',
      rows.map((one) => one.day),
    ),
    dateTimes(
      'second',
      rows.map((one) => one.second),
    ),
    longs(
      'nanos',
      "DateTime64(9, 'UTC')",
      rows.map((one) => one.nanos),
    ),
    longs(
      'signed',
      'Int64',
      rows.map((one) => one.signed),
    ),
    longs(
      'unsigned',
      'UInt64',
      rows.map((one) => one.unsigned),
    ),
    strings(
      'text',
      rows.map((one) => one.text),
    ),
    byteStrings(
      'raw',
      rows.map((one) => one.raw),
    ),
    fixedStrings(
      'fixed',
      3,
      rows.map((one) => one.fixed),
    ),
    lowCardinality(
      'word',
      rows.map((one) => one.word),
    ),
    arrays(
      'list',
      'Int64',
      rows.map((one) => one.list.length),
      (bytes) =>
        writeLongs(
          bytes,
          rows.flatMap((one) => one.list),
        ),
    ),
    textLists(
      'words',
      rows.map((one) => one.words),
    ),
    textMaps(
      'map',
      rows.map((one) => one.map),
    ),
    histograms('histogram', 'Map(Int16, Int64)', maps),
    tuples('pair', 'Tuple(Int64, FixedString(3))', [
      longs(
        '',
        '',
        rows.map((one) => one.signed),
      ),
      fixedStrings(
        '',
        3,
        rows.map((one) => one.fixed),
      ),
    ]),
  ]);
  const answer = await client.exec({
    query: 'INSERT INTO everything FORMAT Native',
    values: Readable.from([block], { objectMode: false }),
    clickhouse_settings: { input_format_skip_unknown_fields: 0 },
  });
  answer.stream.resume();
  const result = await client.query({
    query: `SELECT small, byte, toUInt16(day) AS days, toUInt32(second) AS seconds, toUnixTimestamp64Nano(nanos) AS ns,
              signed, unsigned, lower(hex(text)) AS text_hex, lower(hex(raw)) AS raw_hex, lower(hex(fixed)) AS fixed_hex,
              lower(hex(word)) AS word_hex, list, arrayMap(w -> lower(hex(w)), words) AS words_hex,
              arrayMap(k -> lower(hex(k)), mapKeys(map)) AS keys, arrayMap(v -> lower(hex(v)), mapValues(map)) AS values,
              mapKeys(histogram) AS buckets, mapValues(histogram) AS counts, pair.1 AS first, lower(hex(pair.2)) AS second_hex
            FROM everything ORDER BY id`,
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
  });
  return await result.json();
}

test('whatever is written as Native, ClickHouse reads', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
      const expected = rows.map((one) => ({
        small: one.small,
        byte: one.byte,
        days: one.day,
        seconds: one.second,
        ns: String(one.nanos),
        signed: String(one.signed),
        unsigned: String(one.unsigned),
        text_hex: hex(one.text),
        raw_hex: hex(one.raw),
        fixed_hex: hex(one.fixed),
        word_hex: hex(one.word),
        list: one.list.map(String),
        words_hex: one.words.map(hex),
        keys: one.map.map(([key]) => hex(key)),
        values: one.map.map(([, value]) => hex(value)),
        buckets: Object.keys(one.histogram).map(Number),
        counts: Object.values(one.histogram).map(String),
        first: String(one.signed),
        second_hex: hex(one.fixed),
      }));
      expect(await roundTrip(rows)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test('dictionaries of more than 255 and more than 65,535 words', async () => {
  for (const words of [255, 256, 65_535, 65_536, 70_000]) {
    await client.command({ query: 'TRUNCATE TABLE everything' });
    const values = Array.from({ length: words + 10 }, (_, at) => `word ${at % words}`);
    const answer = await client.exec({
      query: 'INSERT INTO everything (id, word) FORMAT Native',
      values: Readable.from(
        [
          nativeBlock(values.length, [
            integers(
              'id',
              'UInt32',
              values.map((_, at) => at),
            ),
            lowCardinality('word', values),
          ]),
        ],
        { objectMode: false },
      ),
    });
    answer.stream.resume();
    const result = await client.query({
      query: `SELECT count() AS rows, uniqExact(word) AS words, countIf(word != concat('word ', toString(id % {words:UInt32}))) AS wrong
              FROM everything`,
      query_params: { words },
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    });
    expect(await result.json()).toEqual([{ rows: values.length, words, wrong: 0 }]);
  }
});
