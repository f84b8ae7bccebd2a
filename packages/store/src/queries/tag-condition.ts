import type { QueryParameter } from '../client/read-client.ts';
import { hasPair } from '../tables/attribute-pairs.ts';

/** A condition on the spans of a search, with the values of its placeholders. */
export interface TagCondition {
  readonly condition: string;
  readonly parameters: Readonly<Record<string, QueryParameter>>;
}

/** The condition that tag number `at` of a search makes; see `FindTracesQuery.tags`. */
export function tagCondition(at: number, key: string, value: string): TagCondition {
  const parameters = { [`key${at}`]: key, [`value${at}`]: value };
  switch (key) {
    case 'span.kind':
      return numbered('kind', kinds, value);
    case 'span.status':
      return numbered('status', statuses, value);
    case 'scope.name':
      return { condition: ofResource(`scope_name = {value${at}:String}`), parameters };
    case 'scope.version':
      return { condition: ofResource(`scope_version = {value${at}:String}`), parameters };
    case 'error':
      return { condition: `(${attribute(at, value)} OR ${byError.get(value) ?? 'false'})`, parameters };
  }
  if (!key.startsWith('resource.')) return { condition: `(${attribute(at, value)})`, parameters };
  return {
    condition: `(${attribute(at, value)} OR ${ofResource(inMap(`ofResource${at}`, at, value))})`,
    parameters: { ...parameters, [`ofResource${at}`]: key.slice('resource.'.length) },
  };
}

/** Spans of a window are appended from an hour before it (clocks) to a week after it (late senders). */
export const daysOfSearch = `day >= toDate(fromUnixTimestamp64Nano(toInt64({startNs:UInt64})) - INTERVAL 1 HOUR, 'UTC')
       AND day <= toDate(fromUnixTimestamp64Nano(toInt64({endNs:UInt64})) + INTERVAL 7 DAY, 'UTC')`;

/** In the order of OTLP's `SpanKind` and `StatusCode`. */
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statuses = ['unset', 'ok', 'error'];

const byError: ReadonlyMap<string, string> = new Map([
  ['true', 'status = 2'],
  ['false', 'status = 1'],
]);

/** A name that is not among `names` finds nothing. */
function numbered(column: string, names: readonly string[], name: string): TagCondition {
  return { condition: `${column} = ${names.indexOf(name.toLowerCase())}`, parameters: {} };
}

/** An attribute of the span or of its resource. */
function attribute(at: number, value: string): string {
  const inEither = inMap(`key${at}`, at, value);
  return `${inEither} OR ${ofResource(inEither)}`;
}

function inMap(key: string, at: number, value: string): string {
  return hasPair(`{${key}:String}`, `{value${at}:String}`, value);
}

function ofResource(condition: string): string {
  return `resource_id IN (SELECT id FROM resources_data WHERE marker = '' AND ${daysOfSearch} AND ${condition})`;
}
