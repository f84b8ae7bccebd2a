import type { Service } from '@spanloom/span';
import type { QueryParameter, ReadClient, ReadOptions } from '../client/read-client.ts';

/** What the tables that are kept by the day of the append take of a day. */
export interface StoredDay {
  /** Unix day. */
  readonly day: number;
  /** Spans, fragments and resources, as they lie on disk. */
  readonly traceBytes: number;
  /** Figures by minute. */
  readonly figureBytes: number;
}

const traceTables = ['spans_data', 'fragments_data', 'resources_data'];
const figureTables = ['edges_minute_data', 'operations_minute_data'];

/** Bytes on disk by day, oldest first. */
export async function storedDays(client: ReadClient, options?: ReadOptions): Promise<StoredDay[]> {
  const rows = await client.rows<{ day: number; trace_bytes: string; figure_bytes: string }>(
    `SELECT toUInt16(toDate(partition)) AS day, sumIf(bytes_on_disk, has({traceTables:Array(String)}, table)) AS trace_bytes,
       sumIf(bytes_on_disk, has({figureTables:Array(String)}, table)) AS figure_bytes
     FROM system.parts
     WHERE active AND database = currentDatabase()
       AND has(arrayConcat({traceTables:Array(String)}, {figureTables:Array(String)}), table)
     GROUP BY day
     ORDER BY day`,
    { traceTables, figureTables },
    options,
  );
  return rows.map((row) => ({
    day: row.day,
    traceBytes: Number(row.trace_bytes),
    figureBytes: Number(row.figure_bytes),
  }));
}

/** Unix days, inclusive. */
export interface StoredDaysQuery {
  readonly fromDay: number;
  readonly toDay: number;
}

export interface ServiceDay {
  readonly day: number;
  readonly service: Service;
  readonly spans: number;
}

const inDays = "marker = '' AND day >= toDate({fromDay:UInt16}) AND day <= toDate({toDay:UInt16})";

/** How many spans each service stored on each day. */
export async function serviceDays(
  client: ReadClient,
  query: StoredDaysQuery,
  options?: ReadOptions,
): Promise<ServiceDay[]> {
  const rows = await client.rows<{
    at: number;
    environment: string;
    namespace: string;
    service: string;
    spans: string;
  }>(
    `SELECT toUInt16(day) AS at, environment, namespace, service, count() AS spans
     FROM spans_data WHERE ${inDays}
     GROUP BY at, environment, namespace, service
     ORDER BY at, spans DESC, service, namespace, environment`,
    { ...query },
    options,
  );
  return rows.map((row) => ({
    day: row.at,
    service: { environment: row.environment, namespace: row.namespace, name: row.service },
    spans: Number(row.spans),
  }));
}

/** When the first trace of a day was finished, Unix milliseconds; null where none was. */
export async function firstAppendOf(client: ReadClient, day: number, options?: ReadOptions): Promise<number | null> {
  const [row] = await client.rows<{ first_ms: string; fragments: string }>(
    `SELECT toUnixTimestamp64Milli(min(append_time)) AS first_ms, count() AS fragments
     FROM fragments_data WHERE marker = '' AND day = toDate({day:UInt16})`,
    { day },
    options,
  );
  return row === undefined || Number(row.fragments) === 0 ? null : Number(row.first_ms);
}

/** One granule in so many is looked at: within one lie whole traces side by side, whose ids are random. */
export interface SampledQuery extends StoredDaysQuery {
  readonly oneIn: number;
  readonly limit: number;
}

/** Spans of an operation in the sample. */
export interface OperationShare {
  readonly service: Service;
  readonly operation: string;
  readonly spans: number;
  /** Uncompressed. */
  readonly bytes: number;
}

export interface AttributeShare {
  readonly key: string;
  readonly spans: number;
  /** Of keys and values, uncompressed. */
  readonly bytes: number;
}

const sample = `spans_data WHERE ${inDays} AND intDiv(_part_offset, 8192) % {oneIn:UInt32} = 0`;

/** 64: ids, times, and what else every span has in columns of its own. */
const spanBytes =
  '64 + byteSize(attributes) + length(attribute_types) + length(rest) + length(status_message) + length(name)';

/** What the operations take, those that take the most first. */
export async function operationShares(
  client: ReadClient,
  query: SampledQuery,
  options?: ReadOptions,
): Promise<OperationShare[]> {
  const rows = await client.rows<{
    environment: string;
    namespace: string;
    service: string;
    operation: string;
    spans: string;
    bytes: string;
  }>(
    `SELECT environment, namespace, service, operation, count() AS spans, sum(${spanBytes}) AS bytes
     FROM ${sample}
     GROUP BY environment, namespace, service, operation
     ORDER BY bytes DESC, service, operation
     LIMIT {limit:UInt32}`,
    parametersOf(query),
    options,
  );
  return rows.map((row) => ({
    service: { environment: row.environment, namespace: row.namespace, name: row.service },
    operation: row.operation,
    spans: Number(row.spans),
    bytes: Number(row.bytes),
  }));
}

/** What the attributes of spans take, those that take the most first. */
export async function attributeShares(
  client: ReadClient,
  query: SampledQuery,
  options?: ReadOptions,
): Promise<AttributeShare[]> {
  const rows = await client.rows<{ key: string; spans: string; bytes: string }>(
    `SELECT attribute.1 AS key, count() AS spans, sum(length(attribute.1) + length(attribute.2)) AS bytes
     FROM (SELECT arrayJoin(arrayZip(mapKeys(attributes), mapValues(attributes))) AS attribute FROM ${sample})
     GROUP BY key
     ORDER BY bytes DESC, key
     LIMIT {limit:UInt32}`,
    parametersOf(query),
    options,
  );
  return rows.map((row) => ({ key: row.key, spans: Number(row.spans), bytes: Number(row.bytes) }));
}

function parametersOf(query: SampledQuery): Record<string, QueryParameter> {
  return { ...query };
}
