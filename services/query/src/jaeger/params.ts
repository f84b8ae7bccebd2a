/** The parameters of the legacy routes. An error is the sentence that Jaeger answers with status 400. */
import { err, ok, type Result, type TraceId } from '@spanloom/span';
import type { TraceSearch } from './answers.ts';
import { parseGoDuration } from './duration.ts';
import { parseTraceId } from './ids.ts';

/** A query string as fastify parses it: a repeated name makes an array. */
export type QueryString = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request for traces: by their ids where there are any, otherwise by what is in them. */
export interface TracesParams {
  /** Each once. */
  readonly traceIds: readonly TraceId[];
  readonly search: TraceSearch;
  readonly raw: boolean;
}

/** Jaeger's default look-back is two days. */
const defaultLookbackUs = 48 * 3600 * 1e6;
const defaultLimit = 100;

/** What a `limit` of 0, or beyond the largest, is answered with. */
export const wrongDepth = 'search depth must be greater than 0 and less than max traces';

/** `nowMs` is where a search without `end` ends, `maxTraces` the largest `limit`. Checks in Jaeger's order. */
export function parseTraces(query: QueryString, nowMs: number, maxTraces: number): Result<TracesParams, string> {
  const startUs = integer(query, 'start', nowMs * 1000 - defaultLookbackUs);
  if (!startUs.ok) return startUs;
  const endUs = integer(query, 'end', nowMs * 1000);
  if (!endUs.ok) return endUs;
  const tags = parseTags(query);
  if (!tags.ok) return tags;
  const limit = first(query, 'limit') === '' ? ok(defaultLimit) : parseInt64(first(query, 'limit'));
  if (!limit.ok) return limit;
  const minDurationNs = duration(query, 'minDuration');
  if (!minDurationNs.ok) return minDurationNs;
  const maxDurationNs = duration(query, 'maxDuration');
  if (!maxDurationNs.ok) return maxDurationNs;
  const traceIds = parseTraceIds(query);
  if (!traceIds.ok) return traceIds;
  const raw = boolean(query, 'raw');
  if (!raw.ok) return raw;
  const service = first(query, 'service');
  if (traceIds.value.length === 0 && service === '') return err("parameter 'service' is required");
  if (minDurationNs.value !== 0 && maxDurationNs.value !== 0 && maxDurationNs.value < minDurationNs.value) {
    return err("'maxDuration' should be greater than 'minDuration'");
  }
  if (traceIds.value.length === 0 && (limit.value <= 0 || limit.value > maxTraces)) return err(wrongDepth);
  if (traceIds.value.length > maxTraces) return err(`at most ${maxTraces} traces can be asked for`);
  return ok({
    traceIds: traceIds.value,
    raw: raw.value,
    search: {
      service,
      operation: first(query, 'operation'),
      tags: tags.value,
      minDurationNs: minDurationNs.value,
      maxDurationNs: maxDurationNs.value,
      startNs: BigInt(startUs.value) * 1000n,
      // All nanoseconds of the last microsecond.
      endNs: BigInt(endUs.value) * 1000n + 999n,
      limit: limit.value,
    },
  });
}

/** `raw`, and the bounds that a read by id takes and has no use for: it finds spans of any time. */
export function parseTrace(query: QueryString): Result<{ readonly raw: boolean }, string> {
  for (const name of ['start', 'end']) {
    const bound = integer(query, name, 0);
    if (!bound.ok) return bound;
  }
  const raw = boolean(query, 'raw');
  return raw.ok ? ok({ raw: raw.value }) : raw;
}

function parseTraceIds(query: QueryString): Result<readonly TraceId[], string> {
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

/** The error is Go's. */
export function parseBool(text: string): Result<boolean, string> {
  const value = booleans.get(text);
  return value === undefined ? err(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`) : ok(value);
}

/** A whole number as JavaScript can hold it; the error is Go's. */
export function parseInt64(text: string): Result<number, string> {
  const wrong = `strconv.ParseInt: parsing ${JSON.stringify(text)}`;
  if (!/^[+-]?\d+$/.test(text)) return err(`${wrong}: invalid syntax`);
  const value = Number(text);
  return Number.isSafeInteger(value) ? ok(value) : err(`${wrong}: value out of range`);
}

/** False where the parameter is not there or empty. */
export function boolean(query: QueryString, name: string): Result<boolean, string> {
  const text = first(query, name);
  return text === '' ? ok(false) : ofParameter(name, parseBool(text));
}

/** A whole number; `absent` where the parameter is not there or empty. */
export function integer(query: QueryString, name: string, absent: number): Result<number, string> {
  const text = first(query, name);
  return text === '' ? ok(absent) : ofParameter(name, parseInt64(text));
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

export function ofParameter<T>(name: string, parsed: Result<T, string>): Result<T, string> {
  return parsed.ok ? parsed : err(`unable to parse param '${name}': ${parsed.error}`);
}

/** 0, for no bound, where it is not there. */
function duration(query: QueryString, name: string): Result<number, string> {
  const text = first(query, name);
  return text === '' ? ok(0) : ofParameter(name, parseGoDuration(text));
}

function parseTags(query: QueryString): Result<(readonly [string, string])[], string> {
  const tags = new Map<string, string>();
  for (const text of all(query, 'tag')) {
    const colon = text.indexOf(':');
    if (colon < 0) return err(`malformed 'tag' parameter, expecting key:value, received: ${text}`);
    tags.set(text.slice(0, colon), text.slice(colon + 1));
  }
  for (const text of all(query, 'tags')) {
    const parsed = parseStrings(text);
    if (!parsed.ok) return err(`malformed 'tags' parameter, cannot unmarshal JSON: ${parsed.error}`);
    for (const [key, value] of parsed.value) tags.set(key, value);
  }
  return ok([...tags]);
}

/** A JSON object of strings. */
export function parseStrings(text: string): Result<(readonly [string, string])[], string> {
  const json = parseJson(text);
  if (!json.ok) return json;
  if (json.value === null) return ok([]);
  if (typeof json.value !== 'object' || Array.isArray(json.value)) return err('an object of strings is expected');
  const strings: (readonly [string, string])[] = [];
  for (const [key, value] of Object.entries(json.value)) {
    if (typeof value !== 'string') return err(`the value of ${JSON.stringify(key)} is not a string`);
    strings.push([key, value]);
  }
  return ok(strings);
}

function parseJson(text: string): Result<unknown, string> {
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
