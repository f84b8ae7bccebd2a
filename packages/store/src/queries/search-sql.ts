/**
 * What a search is made of. All of it refers to `{startNs}` and `{endNs}`, the window: a trace is in
 * it that began in it. Text that comes from a person is never part of these: it is bound.
 */

/** A window in Unix nanoseconds, `[startNs, endNs)`. */
export interface SearchWindow {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** Days on which what belongs to the window was appended: from an hour before it (clocks) to a week after it (late senders). */
const searchDays = `day >= toDate(fromUnixTimestamp64Nano(toInt64({startNs:UInt64})) - INTERVAL 1 HOUR, 'UTC')
       AND day <= toDate(fromUnixTimestamp64Nano(toInt64({endNs:UInt64})) + INTERVAL 7 DAY, 'UTC')`;

/** Rows of resources of those days. */
export const resourcesInDays: string = `marker = '' AND ${searchDays}`;

/**
 * Spans or fragments of those days, but markers: asked of the index alone, for row by row that is up to half of a scan.
 * A part has one day. Of markers a few may be left, which stand beside the first rows of others: whoever asks leaves
 * them out by their start, which is 0, or by their trace, of which there is nothing else.
 */
export const indexedDays: string = `indexHint(marker = '' AND ${searchDays})`;

/**
 * A condition on `trace_id`: some span of the trace meets all of these. Which traces began in the
 * window is asked of the fragments; that their spans did not start before it only narrows down, and
 * in a long window reading the column costs more than that saves: a third of a search of 24 hours.
 */
export function spansWhere(conditions: readonly string[], { startNs, endNs }: SearchWindow): string {
  const inTime = endNs - startNs < longNs ? spansInDays : indexedDays;
  return `trace_id IN (SELECT trace_id FROM spans_data WHERE ${inTime} AND ${conditions.join(' AND ')})`;
}

/** 6 hours: a quarter of what a day's partition holds. */
const longNs = 21_600_000_000_000n;

/** No span of a trace starts before the trace does. */
export const spansInDays: string = `${indexedDays} AND start_ns >= {startNs:UInt64}`;

/** A condition on `trace_id`: the trace, summed up, meets this one over the columns of {@link traces}. */
export function traceIdsWhere(having: string): string {
  return `trace_id IN (SELECT trace_id FROM (${traces([], having)}))`;
}

/**
 * The traces of the window that meet the conditions, their fragments summed up. Fragments from an
 * hour before the window on are looked at, which is as long as the sink links late ones: they tell
 * that a trace began before it. `key`: the only column that is read beside its id and start.
 */
export function traces(where: readonly string[], having: string, key = 't_start_ns'): string {
  const asked = `${having} ${key}`;
  const columns = Object.entries(columnsOfTrace).filter(([name]) => new RegExp(`\\b${name}\\b`).test(asked));
  // Not HAVING: with tuples and sets in it, the analyzer of 26.7 loses the aggregate functions.
  return `SELECT * FROM (
       SELECT trace_id, min(start_ns) AS t_start_ns${columns.map(([name, sql]) => `, ${sql} AS ${name}`).join('')}
       FROM ${fragments(where, counted.test(asked))}
       GROUP BY trace_id
     )
     WHERE t_start_ns >= {startNs:UInt64} AND t_start_ns < {endNs:UInt64} AND ${having}`;
}

/** What a trace is summed up in; only what is asked for stands in a query: ClickHouse takes a while to leave out the rest. */
const columnsOfTrace = {
  t_duration_ns: 'max(end_ns) - t_start_ns',
  t_spans: 'sum(spans)',
  t_errors: 'sum(errors)',
  t_fragments: 'count()',
  t_complete: 'max(complete)',
  t_root: 'argMin((root_environment, root_namespace, root_service, root_operation), (1 - has_root, start_ns))',
};

/** Columns that would be wrong if a record of `traces` that is stored twice, which merges repair, counted twice. */
const counted = /\bt_(spans|errors|fragments)\b/;

/** `once`: looks out for records that are stored twice, which takes half as long again. */
function fragments(where: readonly string[], once: boolean): string {
  // Those without spans, all of them being duplicates, start at 0, and so do markers.
  const found = `fragments_data
     WHERE ${indexedDays} AND start_ns >= greatest({startNs:UInt64} - 3600000000000, 1)
       ${where.map((condition) => `AND ${condition}`).join(' ')}`;
  return once ? `(SELECT * FROM ${found} LIMIT 1 BY trace_id, stream, partition, position)` : found;
}

/** Into what ClickHouse's dates hold: 1970 to 2149, an hour from either end. */
export function clampedWindow({ startNs, endNs }: SearchWindow): { startNs: bigint; endNs: bigint } {
  return { startNs: clampedNs(startNs), endNs: clampedNs(endNs) };
}

function clampedNs(ns: bigint): bigint {
  const least = 3_600_000_000_000n;
  const most = 5_600_000_000_000_000_000n;
  if (ns < least) return least;
  return ns > most ? most : ns;
}
