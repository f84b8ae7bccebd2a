import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { rowsOf, send } from './request.ts';
import type { Request } from './request.ts';

/** A value bound to a `{name:Type}` placeholder; never pasted into the text of a query. */
export type QueryParameter = string | number | bigint | boolean | readonly QueryParameter[];

export interface ReadOptions {
  /** Gives the query up: the promise rejects with a `StoreError`. */
  readonly signal?: AbortSignal;
  /** Overrides the limit of the client, in seconds. */
  readonly maxExecutionSeconds?: number;
  /** Overrides the limit of the client. */
  readonly maxResultRows?: number;
  /** Rows that the query may look at; by default as many as its time allows. */
  readonly maxRowsToRead?: number;
  /** Memory of the query; by default all that the server has. */
  readonly maxMemoryBytes?: number;
  /** An answer to the same question that is up to this old will do, where the client remembers any. */
  readonly maxAgeMs?: number;
  /** Threads of the query; by default what the server gives one. */
  readonly maxThreads?: number;
  /** Length of the query's text; by default what ClickHouse allows, 262,144. */
  readonly maxQueryBytes?: number;
}

/** Runs reads, each within a limit of time and rows; beyond either it rejects with a `StoreError`. */
export interface ReadClient {
  /** Rows as objects. Integers of 64 bits come as strings. */
  rows<Row>(query: string, parameters: Record<string, QueryParameter>, options?: ReadOptions): Promise<Row[]>;
  /** Rows as the bytes of `format`. */
  bytes(
    query: string,
    format: 'RowBinary',
    parameters: Record<string, QueryParameter>,
    options?: ReadOptions,
  ): Promise<Uint8Array>;
}

export interface ReadLimits {
  readonly maxExecutionSeconds: number;
  readonly maxResultRows: number;
}

/** Enough for any page a person opens; a query that needs more is a mistake that would starve the writers. */
export const defaultReadLimits: ReadLimits = { maxExecutionSeconds: 30, maxResultRows: 1_000_000 };

/** Wraps a ClickHouse client for reading; `always` goes with every query. */
export function readClient(
  client: ClickHouseClient,
  limits: ReadLimits = defaultReadLimits,
  always: ClickHouseSettings = {},
): ReadClient {
  const requestOf = (
    query: string,
    parameters: Record<string, QueryParameter>,
    options: ReadOptions | undefined,
  ): Request => ({
    query,
    doing: 'reading',
    parameters,
    settings: { ...readSettings(limits, options), ...always },
    ...(options?.signal === undefined ? {} : { signal: options.signal }),
  });
  return {
    rows: (query, parameters, options) => rowsOf(client, requestOf(query, parameters, options)),
    bytes: (query, format, parameters, options) =>
      send(client, requestOf(`${query} FORMAT ${format}`, parameters, options)),
  };
}

/** What goes with a read. */
export function readSettings(limits: ReadLimits, options?: ReadOptions): ClickHouseSettings {
  return {
    max_execution_time: options?.maxExecutionSeconds ?? limits.maxExecutionSeconds,
    max_result_rows: String(options?.maxResultRows ?? limits.maxResultRows),
    ...(options?.maxRowsToRead === undefined ? {} : { max_rows_to_read: String(options.maxRowsToRead) }),
    ...(options?.maxMemoryBytes === undefined ? {} : { max_memory_usage: String(options.maxMemoryBytes) }),
    ...(options?.maxThreads === undefined ? {} : { max_threads: options.maxThreads }),
    ...(options?.maxQueryBytes === undefined ? {} : { max_query_size: String(options.maxQueryBytes) }),
    // Two threads more to write an answer that is small: a quarter of what ClickHouse needs for a small question.
    output_format_parallel_formatting: 0,
    // Otherwise a query goes on after its `signal` was aborted; without the second, ClickHouse ignores the first.
    cancel_http_readonly_queries_on_client_close: 1,
    readonly: '2',
  };
}
