/** The parameters of the legacy routes. An error is the sentence that Jaeger answers with status 400. */
import { err, ok, type Result, type TraceId } from '@spanloom/span';
import { parseGoDuration } from './duration.ts';
import { parseTraceId } from './ids.ts';

/** A query string as fastify parses it: a repeated name makes an array. */
export type QueryString = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One span must meet all of it; the whole trace is the answer. */
export interface SearchParams {
  readonly service: string;
  /** Null: any. */
  readonly operation: string | null;
  /** Key and value as text. */
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** Of the span, both inclusive; null: no bound. */
  readonly minDurationNs: number | null;
  readonly maxDurationNs: number | null;
  /** Span starts within, both inclusive, Unix microseconds. */
  readonly startUs: number;
  readonly endUs: number;
  /** Traces, at least 1. */
  readonly limit: number;
}

/** Jaeger's default look-back is two days. */
const defaultLookbackUs = 48 * 3600 * 1e6;
const defaultLimit = 100;

/** `nowMs` is where a search without `end` ends, `maxTraces` the largest `limit`. */
export function parseSearch(query: QueryString, nowMs: number, maxTraces: number): Result<SearchParams, string> {
  const service = first(query, 'service');
  if (service === '') return err("parameter 'service' is required");
  const startUs = integer(query, 'start', nowMs * 1000 - defaultLookbackUs);
  if (!startUs.ok) return startUs;
  const endUs = integer(query, 'end', nowMs * 1000);
  if (!endUs.ok) return endUs;
  const limit = integer(query, 'limit', defaultLimit);
  if (!limit.ok) return limit;
  if (limit.value <= 0 || limit.value > maxTraces) {
    return err(`search depth must be greater than 0 and less than max traces (${maxTraces})`);
  }
  const minDurationNs = duration(query, 'minDuration');
  if (!minDurationNs.ok) return minDurationNs;
  const maxDurationNs = duration(query, 'maxDuration');
  if (!maxDurationNs.ok) return maxDurationNs;
  if (
    minDurationNs.value !== null &&
    maxDurationNs.value !== null &&
    maxDurationNs.value !== 0 &&
    maxDurationNs.value < minDurationNs.value
  ) {
    return err("'maxDuration' should be greater than 'minDuration'");
  }
  const tags = parseTags(query);
  if (!tags.ok) return tags;
  const operation = first(query, 'operation');
  return ok({
    service,
    operation: operation === '' ? null : operation,
    tags: tags.value,
    // Jaeger takes 0 for no bound.
    minDurationNs: minDurationNs.value === 0 ? null : minDurationNs.value,
    maxDurationNs: maxDurationNs.value === 0 ? null : maxDurationNs.value,
    startUs: startUs.value,
    endUs: endUs.value,
    limit: limit.value,
  });
}

/** The trace ids of `traceID=…&traceID=…`, each once. */
export function parseTraceIds(query: QueryString): Result<readonly TraceId[], string> {
  const ids = new Set<TraceId>();
  for (const text of all(query, 'traceID')) {
    const id = parseTraceId(text);
    if (!id.ok) return err(`cannot parse traceID param: ${id.error}`);
    ids.add(id.value);
  }
  return ok([...ids]);
}

/** The words that Go's `strconv.ParseBool` knows. */
const booleans = new Map<string, boolean>([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
]);

export function parseRaw(query: QueryString): Result<boolean, string> {
  const text = first(query, 'raw');
  if (text === '') return ok(false);
  const value = booleans.get(text);
  if (value !== undefined) return ok(value);
  return err(`unable to parse param 'raw': strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** A whole number; `absent` where the parameter is not there or empty. */
export function integer(query: QueryString, name: string, absent: number): Result<number, string> {
  const text = first(query, name);
  if (text === '') return ok(absent);
  const wrong = `unable to parse param '${name}': strconv.ParseInt: parsing ${JSON.stringify(text)}`;
  if (!/^[+-]?\d+$/.test(text)) return err(`${wrong}: invalid syntax`);
  const value = Number(text);
  return Number.isSafeInteger(value) ? ok(value) : err(`${wrong}: value out of range`);
}

/** The first value of a parameter; empty where it is not there. */
export function first(query: QueryString, name: string): string {
  return all(query, name)[0] ?? '';
}

export function all(query: QueryString, name: string): readonly string[] {
  const value = Object.hasOwn(query, name) ? query[name] : undefined;
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function duration(query: QueryString, name: string): Result<number | null, string> {
  const text = first(query, name);
  if (text === '') return ok(null);
  const parsed = parseGoDuration(text);
  return parsed.ok ? parsed : err(`unable to parse param '${name}': ${parsed.error}`);
}

function parseTags(query: QueryString): Result<(readonly [string, string])[], string> {
  const tags = new Map<string, string>();
  for (const text of all(query, 'tag')) {
    const colon = text.indexOf(':');
    if (colon < 0) return err(`malformed 'tag' parameter, expecting key:value, received: ${text}`);
    tags.set(text.slice(0, colon), text.slice(colon + 1));
  }
  for (const text of all(query, 'tags')) {
    const parsed = parseTagsObject(text);
    if (!parsed.ok) return err(`malformed 'tags' parameter, cannot unmarshal JSON: ${parsed.error}`);
    for (const [key, value] of parsed.value) tags.set(key, value);
  }
  return ok([...tags]);
}

function parseTagsObject(text: string): Result<(readonly [string, string])[], string> {
  const json = parseJson(text);
  if (!json.ok) return json;
  if (typeof json.value !== 'object' || json.value === null || Array.isArray(json.value)) {
    return err('an object of strings is expected');
  }
  const tags: (readonly [string, string])[] = [];
  for (const [key, value] of Object.entries(json.value)) {
    if (typeof value !== 'string') return err(`the value of ${JSON.stringify(key)} is not a string`);
    tags.push([key, value]);
  }
  return ok(tags);
}

function parseJson(text: string): Result<unknown, string> {
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
