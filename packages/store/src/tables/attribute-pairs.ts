/**
 * What the text index over the attributes of spans holds: a token for each attribute, out of which
 * both are read without a look at the attributes themselves. The length of the key goes before it,
 * so that no two pairs make the same token, whatever signs they have.
 */

/** Longer values share the token of their first bytes: statements and stack traces would make the index as large as the table. */
const maxIndexedBytes = 128;

/** Over a table with a column `attributes`. A query has to use it letter by letter to be answered from the index. */
export const attributePairs: string = `arrayMap((k, v) -> concat(toString(length(k)), ':', k, substring(v, 1, ${maxIndexedBytes})), mapKeys(attributes), mapValues(attributes))`;

/** A condition: the attribute has this value. `key` and `value` are placeholders of texts. */
export function hasPair(key: string, value: string, valueText: string): string {
  const token = `concat(toString(length(${key})), ':', ${key}, substring(${value}, 1, ${maxIndexedBytes}))`;
  const indexed = `has(${attributePairs}, ${token})`;
  const isWhole = Buffer.byteLength(valueText) < maxIndexedBytes;
  return isWhole ? indexed : `(${indexed} AND attributes[${key}] = ${value})`;
}

/** Statements that add the index, and take away the Bloom filter over values that it replaces. */
export function indexAttributePairs(dataTable: string): string[] {
  return [
    `ALTER TABLE ${dataTable} ADD INDEX IF NOT EXISTS attribute_pairs ${attributePairs} TYPE text(tokenizer = 'array')`,
    // In the background: what is not indexed yet is read as it was before.
    `ALTER TABLE ${dataTable} MATERIALIZE INDEX attribute_pairs SETTINGS mutations_sync = 0`,
    `ALTER TABLE ${dataTable} DROP INDEX IF EXISTS attribute_values SETTINGS mutations_sync = 0`,
  ];
}
