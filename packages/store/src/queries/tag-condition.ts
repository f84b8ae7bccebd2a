import type { QueryParameter } from '../client/read-client.ts';
import { attributePatterns } from '../span-bytes/attribute-patterns.ts';
import { hasPair } from '../tables/attribute-pairs.ts';

/** What a tag of a search asks of a span: any of these. See `FindTracesQuery.tags`. */
export interface TagCondition {
  /** Of the columns of the span. */
  readonly ofSpan: string;
  /** Of its resource and scope, as a row of `resources_data`; null where it says nothing of them. */
  readonly ofResource: string | null;
  /** Of the bytes that the columns do not hold: events, links, arrays. Null as above. */
  readonly ofRest: string | null;
  readonly parameters: Readonly<Record<string, QueryParameter>>;
}

/** The condition that tag number `at` of a search makes. */
export function tagCondition(at: number, key: string, value: string): TagCondition {
  switch (key) {
    case 'span.kind':
      return columnOnly(`kind = ${kinds.indexOf(value.toLowerCase())}`);
    case 'span.status':
      return columnOnly(`status = ${statuses.indexOf(value.toLowerCase())}`);
    case 'scope.name':
    case 'scope.version': {
      const column = key === 'scope.name' ? 'scope_name' : 'scope_version';
      return {
        ...columnOnly('false'),
        ofResource: `${column} = {value${at}:String}`,
        parameters: named(at, { value }),
      };
    }
  }
  const patterns = hexPatterns(key, value);
  const shortest = Math.min(...patterns.map((digits) => digits.length / 2));
  const status = key === 'error' ? byError.get(value) : undefined;
  const ofSpan = inMap(at, 'key');
  const ofResource = [ofSpan, inBytes(at, ['resource', 'scope'], 'pattern')];
  const parameters = named(at, { key, value, pattern: patterns });
  if (key.startsWith('resource.')) {
    const ofResourceKey = key.slice('resource.'.length);
    ofResource.push(inMap(at, 'ofResource'), inBytes(at, ['resource'], 'resourcePattern'));
    const resourcePattern = hexPatterns(ofResourceKey, value);
    Object.assign(parameters, named(at, { ofResource: ofResourceKey, resourcePattern }));
  }
  return {
    ofSpan: status === undefined ? ofSpan : `(${ofSpan} OR ${status})`,
    ofResource: `(${ofResource.join(' OR ')})`,
    // Most spans have nothing there but flags: their length alone tells, and is cheaper to read.
    ofRest: `(length(rest) >= ${shortest} AND ${inBytes(at, ['rest'], 'pattern')})`,
    parameters,
  };
}

/** In the order of OTLP's `SpanKind` and `StatusCode`. A name that is not there finds nothing. */
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statuses = ['unset', 'ok', 'error'];

const byError: ReadonlyMap<string, string> = new Map([
  ['true', 'status = 2'],
  ['false', 'status = 1'],
]);

function columnOnly(condition: string): TagCondition {
  return { ofSpan: condition, ofResource: null, ofRest: null, parameters: {} };
}

function named(at: number, values: Record<string, QueryParameter>): Record<string, QueryParameter> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}${at}`, value]));
}

/** An attribute in the columns, of a span or of a resource. */
function inMap(at: number, key: string): string {
  return hasPair(`{${key}${at}:String}`, `{value${at}:String}`);
}

function inBytes(at: number, columns: readonly string[], patterns: string): string {
  const bound = `arrayMap(digits -> unhex(digits), {${patterns}${at}:Array(String)})`;
  return columns.map((column) => `multiSearchAny(${column}, ${bound})`).join(' OR ');
}

function hexPatterns(key: string, value: string): string[] {
  return attributePatterns(key, value).map((pattern) => pattern.toString('hex'));
}
