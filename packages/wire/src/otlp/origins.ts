import { serviceKey } from '@spanloom/span';
import type { Service, SpanTable } from '@spanloom/span';
import { FieldReader, copyOf, textOf } from '../protobuf/reader.ts';
import { Field, isValue } from './grammar.ts';
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
  readonly #pairs: Map<number, number> = new Map();
  /** By pair of pairs. */
  readonly #origins: Map<number, number> = new Map();

  constructor(table: SpanTable) {
    this.#table = table;
  }

  /** A number for the resource; see {@link serviceOf}. */
  resource({ bytes, from, to }: Part): number {
    return this.#resources.id(bytes, from, to, this.#newService);
  }

  /** Index into the table's services. */
  serviceOf(resource: number): number {
    return this.#resources.values[resource] ?? 0;
  }

  /** Index into the table's origins; `number` is that of the resource. */
  origin(number: number, resource: Part, resourceUrl: Part, scope: Part, scopeUrl: Part): number {
    const pair = this.#pair(
      this.#pair(number, this.#other(resourceUrl)),
      this.#pair(this.#other(scope), this.#other(scopeUrl)),
    );
    let origin = this.#origins.get(pair);
    if (origin === undefined) {
      origin = this.#table.origins.id(String(pair), () => ({
        resource: copyOf(resource.bytes, resource.from, resource.to),
        resourceSchemaUrl: textOf(resourceUrl.bytes, resourceUrl.from, resourceUrl.to),
        scope: copyOf(scope.bytes, scope.from, scope.to),
        scopeSchemaUrl: textOf(scopeUrl.bytes, scopeUrl.from, scopeUrl.to),
        service:
          this.#table.services.values[this.serviceOf(number)] ??
          readService(resource.bytes, resource.from, resource.to),
      }));
      this.#origins.set(pair, origin);
    }
    return origin;
  }

  readonly #newService = (bytes: Uint8Array, from: number, to: number): number => {
    const service = readService(bytes, from, to);
    return this.#table.services.id(serviceKey(service), () => service);
  };

  #other({ bytes, from, to }: Part): number {
    return this.#others.id(bytes, from, to, zero);
  }

  /** A number for two numbers below 2^26: no string is made to look one up. */
  #pair(one: number, other: number): number {
    const key = one * 67_108_864 + other;
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = this.#pairs.size;
      this.#pairs.set(key, pair);
    }
    return pair;
  }
}

function zero(): number {
  return 0;
}

/** Values that are no strings count as not set. Of a repeated key the last counts. */
function readService(bytes: Uint8Array, from: number, to: number): Service {
  const texts = new Map<string, string>();
  const resource = new FieldReader().open(bytes, from, to);
  const pair = new FieldReader();
  const value = new FieldReader();
  while (resource.next()) {
    if (!resource.isBytes(Field.resource.attributes)) continue;
    let key = '';
    let text: string | null = null;
    pair.open(bytes, resource.from, resource.to);
    while (pair.next()) {
      if (pair.isBytes(Field.keyValue.key)) key = textOf(bytes, pair.from, pair.to);
      if (!pair.isBytes(Field.keyValue.value)) continue;
      value.open(bytes, pair.from, pair.to);
      text = null;
      while (value.next())
        if (isValue(value)) text = value.number === Field.anyValue.string ? textOf(bytes, value.from, value.to) : null;
    }
    if (text === null) texts.delete(key);
    else texts.set(key, text);
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
