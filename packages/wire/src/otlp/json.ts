/**
 * OTLP JSON to protobuf; see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids
 * are hexadecimal, 64-bit integers decimal strings (numbers are taken too), enums integers, bytes
 * base64, names lowerCamelCase (the originals are taken too), and unknown names are ignored.
 */
import { type Result, err, ok } from '@spanloom/span';

import { FieldWriter } from '../protobuf/writer.ts';
import type { WireError } from '../records.ts';
import { Field, maxDepth } from './grammar.ts';

type Scalar = 'id' | 'string' | 'base64' | 'bool' | 'double' | 'int64' | 'fixed64' | 'uint32' | 'fixed32' | 'enum';

interface FieldForm {
  readonly number: number;
  readonly type: Scalar | MessageName;
  readonly repeated: boolean;
}

const one = (number: number, type: Scalar | MessageName): FieldForm => ({ number, type, repeated: false });
const many = (number: number, type: MessageName): FieldForm => ({ number, type, repeated: true });

type MessageName =
  | 'Request'
  | 'ResourceSpans'
  | 'ScopeSpans'
  | 'Resource'
  | 'Scope'
  | 'Span'
  | 'Event'
  | 'Link'
  | 'Status'
  | 'KeyValue'
  | 'AnyValue'
  | 'ArrayValue'
  | 'KeyValueList';

const messages: Readonly<Record<MessageName, Readonly<Record<string, FieldForm>>>> = {
  Request: { resourceSpans: many(Field.request.resourceSpans, 'ResourceSpans') },
  ResourceSpans: {
    resource: one(Field.resourceSpans.resource, 'Resource'),
    scopeSpans: many(Field.resourceSpans.scopeSpans, 'ScopeSpans'),
    schemaUrl: one(Field.resourceSpans.schemaUrl, 'string'),
  },
  ScopeSpans: {
    scope: one(Field.scopeSpans.scope, 'Scope'),
    spans: many(Field.scopeSpans.spans, 'Span'),
    schemaUrl: one(Field.scopeSpans.schemaUrl, 'string'),
  },
  Resource: {
    attributes: many(Field.resource.attributes, 'KeyValue'),
    droppedAttributesCount: one(Field.resource.droppedAttributesCount, 'uint32'),
  },
  Scope: {
    name: one(Field.scope.name, 'string'),
    version: one(Field.scope.version, 'string'),
    attributes: many(Field.scope.attributes, 'KeyValue'),
    droppedAttributesCount: one(Field.scope.droppedAttributesCount, 'uint32'),
  },
  Span: {
    traceId: one(Field.span.traceId, 'id'),
    spanId: one(Field.span.spanId, 'id'),
    traceState: one(Field.span.traceState, 'string'),
    parentSpanId: one(Field.span.parentSpanId, 'id'),
    name: one(Field.span.name, 'string'),
    kind: one(Field.span.kind, 'enum'),
    startTimeUnixNano: one(Field.span.start, 'fixed64'),
    endTimeUnixNano: one(Field.span.end, 'fixed64'),
    attributes: many(Field.span.attributes, 'KeyValue'),
    droppedAttributesCount: one(Field.span.droppedAttributesCount, 'uint32'),
    events: many(Field.span.events, 'Event'),
    droppedEventsCount: one(Field.span.droppedEventsCount, 'uint32'),
    links: many(Field.span.links, 'Link'),
    droppedLinksCount: one(Field.span.droppedLinksCount, 'uint32'),
    status: one(Field.span.status, 'Status'),
    flags: one(Field.span.flags, 'fixed32'),
  },
  Event: {
    timeUnixNano: one(Field.event.time, 'fixed64'),
    name: one(Field.event.name, 'string'),
    attributes: many(Field.event.attributes, 'KeyValue'),
    droppedAttributesCount: one(Field.event.droppedAttributesCount, 'uint32'),
  },
  Link: {
    traceId: one(Field.link.traceId, 'id'),
    spanId: one(Field.link.spanId, 'id'),
    traceState: one(Field.link.traceState, 'string'),
    attributes: many(Field.link.attributes, 'KeyValue'),
    droppedAttributesCount: one(Field.link.droppedAttributesCount, 'uint32'),
    flags: one(Field.link.flags, 'fixed32'),
  },
  Status: { message: one(Field.status.message, 'string'), code: one(Field.status.code, 'enum') },
  KeyValue: { key: one(Field.keyValue.key, 'string'), value: one(Field.keyValue.value, 'AnyValue') },
  AnyValue: {
    stringValue: one(Field.anyValue.string, 'string'),
    boolValue: one(Field.anyValue.bool, 'bool'),
    intValue: one(Field.anyValue.int, 'int64'),
    doubleValue: one(Field.anyValue.double, 'double'),
    arrayValue: one(Field.anyValue.array, 'ArrayValue'),
    kvlistValue: one(Field.anyValue.map, 'KeyValueList'),
    bytesValue: one(Field.anyValue.bytes, 'base64'),
  },
  ArrayValue: { values: many(Field.list.values, 'AnyValue') },
  KeyValueList: { values: many(Field.list.values, 'KeyValue') },
};

/** Names of enum values, as protobuf's own JSON mapping writes them. */
const enumNames: ReadonlyMap<string, number> = new Map([
  ...['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map((name, i): [string, number] => [
    `SPAN_KIND_${name}`,
    i,
  ]),
  ...['UNSET', 'OK', 'ERROR'].map((name, i): [string, number] => [`STATUS_CODE_${name}`, i]),
]);

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The forms of a message by both spellings of each name. */
const formsOf: ReadonlyMap<MessageName, ReadonlyMap<string, FieldForm>> = new Map(
  Object.entries(messages).map(([message, fields]) => [
    message as MessageName,
    new Map(
      Object.entries(fields).flatMap(
        ([name, form]) =>
          [
            [name, form],
            [snakeCase(name), form],
          ] as const,
      ),
    ),
  ]),
);

/** Something in the document is not what its field takes. Caught where the document began. */
class Mismatch extends Error {}

/**
 * An `ExportTraceServiceRequest` in JSON as protobuf bytes. The error says where in the document
 * something is wrong. Ids of a wrong length are left to `splitRequest`, which refuses single spans.
 */
export function jsonToRequest(json: Uint8Array | string): Result<Uint8Array, WireError> {
  const writer = new FieldWriter(json.length);
  try {
    writeMessage(writer, 'Request', JSON.parse(typeof json === 'string' ? json : textOf(json)), '', 0);
  } catch (error) {
    // Neither is a fault of ours: JSON.parse tells of bad text by throwing, and so does a deep walk of a bad document.
    if (error instanceof SyntaxError)
      return err({ message: `The body is no JSON: ${error.message}`, unknownSchema: false });
    if (error instanceof Mismatch) return err({ message: error.message, unknownSchema: false });
    throw error;
  }
  return ok(writer.finish());
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function writeMessage(writer: FieldWriter, name: MessageName, value: unknown, path: string, depth: number): void {
  if (depth > maxDepth) throw new Mismatch(`${path}: nested more than ${maxDepth} deep`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Mismatch(`${path === '' ? 'The request' : path}: ${kindOf(value)}, expected an object`);
  }
  const forms = formsOf.get(name);
  for (const [key, field] of Object.entries(value)) {
    const form = forms?.get(key);
    // Protobuf's JSON mapping: null is a field that is not there.
    if (form === undefined || field === null) continue;
    const at = path === '' ? key : `${path}.${key}`;
    if (!form.repeated) writeField(writer, form, field, at, depth);
    else if (!Array.isArray(field)) throw new Mismatch(`${at}: ${kindOf(field)}, expected an array`);
    else for (const [i, item] of field.entries()) writeField(writer, form, item, `${at}[${i}]`, depth);
  }
}

function writeField(
  writer: FieldWriter,
  { number, type }: FieldForm,
  value: unknown,
  path: string,
  depth: number,
): void {
  switch (type) {
    case 'id':
      writer.bytes(number, hexBytes(value, path));
      break;
    case 'string':
      writer.string(number, stringOf(value, path));
      break;
    case 'base64':
      writer.bytes(number, Buffer.from(stringOf(value, path), 'base64'));
      break;
    case 'bool':
      if (typeof value !== 'boolean') throw new Mismatch(`${path}: ${kindOf(value)}, expected true or false`);
      writer.uint(number, value ? 1 : 0);
      break;
    case 'double':
      writer.double(number, doubleOf(value, path));
      break;
    case 'int64':
      writer.uint(number, integerOf(value, -(2n ** 63n), 2n ** 63n - 1n, path));
      break;
    case 'fixed64':
      writer.fixed64(number, integerOf(value, 0n, 2n ** 64n - 1n, path));
      break;
    case 'uint32':
      writer.uint(number, integerOf(value, 0n, 2n ** 32n - 1n, path));
      break;
    case 'fixed32':
      writer.fixed32(number, Number(integerOf(value, 0n, 2n ** 32n - 1n, path)));
      break;
    case 'enum':
      writer.uint(number, enumNames.get(String(value)) ?? integerOf(value, 0n, 2n ** 31n - 1n, path));
      break;
    default:
      writer.message(number, () => {
        writeMessage(writer, type, value, path, depth + 1);
      });
  }
}

function hexBytes(value: unknown, path: string): Uint8Array {
  const text = stringOf(value, path);
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new Mismatch(`${path}: "${text.slice(0, 40)}" is not hexadecimal`);
  return Buffer.from(text, 'hex');
}

function stringOf(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new Mismatch(`${path}: ${kindOf(value)}, expected a string`);
  return value;
}

function doubleOf(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return Number(value);
  throw new Mismatch(`${path}: ${kindOf(value)}, expected a number`);
}

function integerOf(value: unknown, min: bigint, max: bigint, path: string): bigint {
  const isNumber = typeof value === 'number' && Number.isInteger(value);
  if (!isNumber && !(typeof value === 'string' && /^[+-]?\d{1,20}$/.test(value))) {
    throw new Mismatch(`${path}: ${kindOf(value)}, expected an integer`);
  }
  const integer = BigInt(isNumber ? value : String(value).replace('+', ''));
  if (integer < min || integer > max) throw new Mismatch(`${path}: ${integer} is not between ${min} and ${max}`);
  return integer;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return JSON.stringify(value).slice(0, 40);
}
