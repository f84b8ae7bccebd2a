/**
 * What the text index over the attributes of spans holds: a token of 8 bytes for each attribute, out of which both its
 * key and its value are known without a look at the attributes themselves.
 *
 * Parts that were not merged yet have no index, and ClickHouse answers for them out of the same expression. It cannot
 * where a lambda has constants in it (26.7): then every query that meets both kinds of parts fails. This one has none.
 */
const attributeTokens =
  'arrayMap((k, v) -> reinterpretAsFixedString(cityHash64(k, v)), mapKeys(attributes), mapValues(attributes))';

/**
 * A condition over a table with a column `attributes`: one of them is this pair. `key` and `value` are placeholders of
 * texts. That another pair has the same token happens once in 10^19.
 */
export function hasPair(key: string, value: string): string {
  // Letter by letter as the index has it, or it is not used.
  return `has(${attributeTokens}, reinterpretAsFixedString(cityHash64(${key}, ${value})))`;
}

/** Statements that add the index, and take away that of migration 6. */
export function indexAttributeTokens(dataTable: string): string[] {
  return replaceIndex(dataTable, 'attribute_hashes', 'attribute_tokens', attributeTokens);
}

/** As tokens are now, but of a hash that takes three times as long: where there is no index, and when it is built. */
const attributeHashes =
  'arrayMap((k, v) -> reinterpretAsFixedString(sipHash64(k, v)), mapKeys(attributes), mapValues(attributes))';

/** Migration 6. */
export function indexAttributeHashes(dataTable: string): string[] {
  return replaceIndex(dataTable, 'attribute_pairs', 'attribute_hashes', attributeHashes);
}

/** The length of a key, the key, and the first 128 bytes of its value. */
const attributePairs = `arrayMap((k, v) -> concat(toString(length(k)), ':', k, substring(v, 1, 128)), mapKeys(attributes), mapValues(attributes))`;

/** Migration 4: in the place of a Bloom filter over values. */
export function indexAttributePairs(dataTable: string): string[] {
  return replaceIndex(dataTable, 'attribute_values', 'attribute_pairs', attributePairs);
}

function replaceIndex(dataTable: string, old: string, name: string, expression: string): string[] {
  return [
    `ALTER TABLE ${dataTable} ADD INDEX IF NOT EXISTS ${name} ${expression} TYPE text(tokenizer = 'array')`,
    // In the background: what is not indexed yet is read as it was before.
    `ALTER TABLE ${dataTable} MATERIALIZE INDEX ${name} SETTINGS mutations_sync = 0`,
    `ALTER TABLE ${dataTable} DROP INDEX IF EXISTS ${old} SETTINGS mutations_sync = 0`,
  ];
}
