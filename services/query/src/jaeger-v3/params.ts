/** The parameters of the v3 routes. An error is the message that Jaeger answers with status 400. */
import { err, ok, type Result } from '@spanloom/span';
import type { TraceSearch } from '../jaeger/answers.ts';
import { parseGoDuration } from '../jaeger/duration.ts';
import { first, parseBool, parseInt64, parseStrings, wrongDepth, type QueryString } from '../jaeger/params.ts';
import { parseRfc3339 } from './time.ts';

export interface V3Search {
  readonly search: TraceSearch;
  readonly raw: boolean;
}

const defaultDepth = 100;

/** `maxTraces`: the largest `searchDepth`. */
export function parseV3Search(query: QueryString, maxTraces: number): Result<V3Search, string> {
  const attributes = read(query, ['query.attributes'], parseStrings, []);
  if (!attributes.ok) return attributes;
  const min = read(query, ['query.startTimeMin', 'query.start_time_min'], parseRfc3339, null);
  if (!min.ok) return min;
  const max = read(query, ['query.startTimeMax', 'query.start_time_max'], parseRfc3339, null);
  if (!max.ok) return max;
  const depths = ['query.searchDepth', 'query.search_depth', 'query.num_traces'];
  const depth = read(query, depths, parseInt64, defaultDepth);
  if (!depth.ok) return depth;
  const minDurationNs = read(query, ['query.durationMin', 'query.duration_min'], parseGoDuration, 0);
  if (!minDurationNs.ok) return minDurationNs;
  const maxDurationNs = read(query, ['query.durationMax', 'query.duration_max'], parseGoDuration, 0);
  if (!maxDurationNs.ok) return maxDurationNs;
  const raw = read(query, ['query.rawTraces', 'query.raw_traces'], parseBool, false);
  if (!raw.ok) return raw;
  if (min.value === null || max.value === null) return err('query.startTimeMin and query.startTimeMax are required');
  if (min.value > max.value) return err('query.startTimeMin must be before query.startTimeMax');
  if (depth.value <= 0 || depth.value > maxTraces) return err(wrongDepth);
  return ok({
    raw: raw.value,
    search: {
      service: named(query, ['query.serviceName', 'query.service_name']).text,
      operation: named(query, ['query.operationName', 'query.operation_name']).text,
      tags: attributes.value,
      minDurationNs: minDurationNs.value,
      maxDurationNs: maxDurationNs.value,
      startNs: min.value,
      endNs: max.value,
      limit: depth.value,
    },
  });
}

/** `rawTraces`, and the bounds that a read by id takes and has no use for: it finds spans of any time. */
export function parseV3Trace(query: QueryString): Result<{ readonly raw: boolean }, string> {
  const start = read(query, ['startTime', 'start_time'], parseRfc3339, null);
  if (!start.ok) return start;
  const end = read(query, ['endTime', 'end_time'], parseRfc3339, null);
  if (!end.ok) return end;
  const raw = read(query, ['rawTraces', 'raw_traces'], parseBool, false);
  return raw.ok ? ok({ raw: raw.value }) : raw;
}

export function malformed(name: string, error: string): string {
  return `malformed parameter ${name}: ${error}`;
}

/** The first of these names that has a value; the first at all where none has. */
export function named(query: QueryString, names: readonly string[]): { readonly name: string; readonly text: string } {
  const name = names.find((each) => first(query, each) !== '') ?? names[0] ?? '';
  return { name, text: first(query, name) };
}

function read<T, A>(
  query: QueryString,
  names: readonly string[],
  parse: (text: string) => Result<T, string>,
  absent: A,
): Result<T | A, string> {
  const { name, text } = named(query, names);
  if (text === '') return ok(absent);
  const parsed = parse(text);
  return parsed.ok ? parsed : err(malformed(name, parsed.error));
}
