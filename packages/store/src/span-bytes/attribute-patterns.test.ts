import { expect, test } from 'vitest';
import type { AttributeValue } from '@spanloom/span';
import { encodeSpans } from '@spanloom/wire';
import { exampleSpan } from '../testing/spans.ts';
import { attributePatterns } from './attribute-patterns.ts';

/** Whether an attribute of this value is found in the bytes of its span by this text. */
function finds(value: AttributeValue, text: string): boolean {
  const bytes = Buffer.from(encodeSpans([exampleSpan({ attributes: [{ key: 'k', value }] })]));
  return attributePatterns('k', text).some((pattern) => bytes.includes(pattern));
}

const array = (...value: AttributeValue[]): AttributeValue => ({ type: 'array', value });
const string = (value: string): AttributeValue => ({ type: 'string', value });

test.each<[AttributeValue, string]>([
  [string(''), ''],
  [string('ß'), 'ß'],
  [string('x'.repeat(300)), 'x'.repeat(300)],
  [{ type: 'bool', value: false }, 'false'],
  [{ type: 'int', value: 0n }, '0'],
  [{ type: 'int', value: -5n }, '-5'],
  [{ type: 'int', value: 9_007_199_254_740_993n }, '9007199254740993'],
  [{ type: 'double', value: 2 }, '2'],
  [{ type: 'double', value: 0.25 }, '0.25'],
  [{ type: 'bytes', value: new Uint8Array([1, 2, 3]) }, 'AQID'],
  [array(string('a'), { type: 'int', value: 1n }), '["a",1]'],
  [array({ type: 'double', value: 1 }), '[1]'],
  [{ type: 'map', value: [{ key: 'x', value: array({ type: 'bool', value: true }) }] }, '{"x":[true]}'],
])('%o is found by %s', (value, text) => {
  expect(finds(value, text)).toBe(true);
});

test.each<[AttributeValue, string]>([
  [string('a'), 'A'],
  [string('ab'), 'a'],
  [{ type: 'int', value: 5n }, '05'],
  [{ type: 'int', value: 5n }, '5.0'],
  [{ type: 'double', value: 0.5 }, '.5'],
  [array(string('a'), string('b')), '["a"]'],
  [array(string('a')), 'a'],
])('%o is not found by %s', (value, text) => {
  expect(finds(value, text)).toBe(false);
});
