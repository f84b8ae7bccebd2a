import { serviceKey } from '@spanloom/span';
import type { Service, SpanTable } from '@spanloom/span';
import { FieldReader, textOf } from '../protobuf/reader.ts';
import { Field } from './grammar.ts';
import { RangeCache } from './range-cache.ts';

/** A message in its bytes. */
export interface Part {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

export const nothing: Part = { bytes: new Uint8Array(0), from: 0, to: 0 };

/** The resources and scopes of a table: an origin for each pair, a service for each resource. */
export class Origins {
  readonly #table: SpanTable;
  /** Values are services. */
  readonly #resources: RangeCache = new RangeCache();
  readonly #others: RangeCache = new RangeCache();

  constructor(table: SpanTable) {
    this.#table = table;
  }

  /** A number for the resource; see {@link serviceOf}. */
  resource({ bytes, from, to }: Part): number {
    return this.#resources.id(bytes, from, to, () => {
      const service = readService(bytes, from, to);
      return this.#table.services.id(serviceKey(service), () => service);
    });
  }

  /** Index into the table's services. */
  serviceOf(resource: number): number {
    return this.#resources.values[resource] ?? 0;
  }

  /** Index into the table's origins. */
  origin(resource: Part, resourceUrl: Part, scope: Part, scopeUrl: Part): number {
    const number = this.resource(resource);
    const key = `${number},${this.#other(resourceUrl)},${this.#other(scope)},${this.#other(scopeUrl)}`;
    return this.#table.origins.id(key, () => ({
      resource: resource.bytes.slice(resource.from, resource.to),
      resourceSchemaUrl: textOf(resourceUrl.bytes, resourceUrl.from, resourceUrl.to),
      scope: scope.bytes.slice(scope.from, scope.to),
      scopeSchemaUrl: textOf(scopeUrl.bytes, scopeUrl.from, scopeUrl.to),
      service: this.#table.services.values[this.serviceOf(number)] ?? readService(resource.bytes, resource.from, resource.to),
    }));
  }

  #other({ bytes, from, to }: Part): number {
    return this.#others.id(bytes, from, to, () => 0);
  }
}

/** Values that are no strings count as not set. Of a repeated key the last counts. */
function readService(bytes: Uint8Array, from: number, to: number): Service {
  const texts = new Map<string, string>();
  const resource = new FieldReader(bytes).open(from, to);
  const pair = new FieldReader(bytes);
  const value = new FieldReader(bytes);
  while (resource.next()) {
    if (!resource.isBytes(Field.resource.attributes)) continue;
    let key = '';
    let text: string | null = null;
    pair.open(resource.from, resource.to);
    while (pair.next()) {
      if (pair.isBytes(Field.keyValue.key)) key = textOf(bytes, pair.from, pair.to);
      if (!pair.isBytes(Field.keyValue.value)) continue;
      value.open(pair.from, pair.to);
      while (value.next()) text = value.isBytes(Field.anyValue.string) ? textOf(bytes, value.from, value.to) : null;
    }
    if (text !== null) texts.set(key, text);
  }
  return {
    environment: texts.get('deployment.environment.name') ?? texts.get('deployment.environment') ?? '',
    namespace: texts.get('service.namespace') ?? '',
    name: serviceName(texts.get('service.name')),
  };
}

function serviceName(name: string | undefined): string {
  if (name === undefined) return 'missing-service-name';
  return name === '' ? 'empty-service-name' : name;
}
