import type { Attribute, AttributeValue } from '@spanloom/span';

/** A tag of Jaeger's JSON. */
export interface JaegerTag {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  /** An integer that JavaScript cannot hold exactly is a string of digits. */
  readonly value: string | number | boolean;
}

export function stringTag(key: string, value: string): JaegerTag {
  return { key, type: 'string', value };
}

export function toTag({ key, value }: Attribute): JaegerTag {
  switch (value.type) {
    case 'string':
      return stringTag(key, value.value);
    case 'bool':
      return { key, type: 'bool', value: value.value };
    case 'int':
      return { key, type: 'int64', value: exactInteger(value.value) };
    case 'double':
      // JSON knows no NaN and no infinity.
      return { key, type: 'float64', value: Number.isFinite(value.value) ? value.value : String(value.value) };
    case 'bytes':
      return { key, type: 'binary', value: base64(value.value) };
    case 'array':
    case 'map':
      return stringTag(key, jsonText(value));
    case 'empty':
      return stringTag(key, '');
  }
}

/** An attribute value as JSON, every digit of an integer kept: what a search for a tag compares with, too. */
export function jsonText(value: AttributeValue): string {
  switch (value.type) {
    case 'string':
      return JSON.stringify(value.value);
    case 'bool':
    case 'int':
      return String(value.value);
    case 'double':
      return Number.isFinite(value.value) ? JSON.stringify(value.value) : JSON.stringify(String(value.value));
    case 'bytes':
      return JSON.stringify(base64(value.value));
    case 'array':
      return `[${value.value.map(jsonText).join(',')}]`;
    case 'map':
      return `{${value.value.map((entry) => `${JSON.stringify(entry.key)}:${jsonText(entry.value)}`).join(',')}}`;
    case 'empty':
      return 'null';
  }
}

function exactInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
