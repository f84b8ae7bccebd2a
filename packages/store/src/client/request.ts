import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { Readable } from 'node:stream';
import type { QueryParameter } from './read-client.ts';
import { refusalError, storeErrorOf } from './errors.ts';

/** A statement and what goes with it. */
export interface Request {
  readonly query: string;
  /** For people, in errors: `reading`. */
  readonly doing: string;
  readonly parameters?: Readonly<Record<string, QueryParameter>>;
  readonly settings?: ClickHouseSettings;
  readonly signal?: AbortSignal;
  /** Data of an insert, and how it is compressed. */
  readonly body?: { readonly bytes: Uint8Array; readonly encoding: 'lz4' | null };
}

/** Error pages of proxies may be of any length. */
const maxErrorBytes = 65_536;

/**
 * Runs a statement and resolves with the whole answer. Rejects with a `StoreError`. Looks at the
 * status by itself: the client throws the text of an answer, and a proxy's tells nothing for sure.
 */
export async function send(client: ClickHouseClient, request: Request): Promise<Buffer> {
  const { query, doing, parameters, settings, signal, body } = request;
  const common = {
    query,
    ...(parameters === undefined ? {} : { query_params: { ...parameters } }),
    // An answer is whole or an error: without it, an error after the first block ends up inside the data.
    clickhouse_settings: { wait_end_of_query: 1, ...settings } satisfies ClickHouseSettings,
    ...(signal === undefined ? {} : { abort_signal: signal }),
    ignore_error_response: true,
  };
  try {
    const answer =
      body === undefined
        ? await client.exec(common)
        : await client.exec({
            ...common,
            // As one chunk: an array of bytes would otherwise be iterated byte by byte.
            values: Readable.from([body.bytes], { objectMode: false, highWaterMark: body.bytes.length }),
            ...(body.encoding === null ? {} : { http_headers: { 'Content-Encoding': body.encoding } }),
          });
    const status = answer.http_status_code ?? 200;
    const code = answer.response_headers['x-clickhouse-exception-code'];
    const failed = status >= 300 || code !== undefined;
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of answer.stream) {
      if (failed && length > maxErrorBytes) continue;
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
    }
    const bytes = Buffer.concat(chunks);
    if (failed) throw refusalError({ status, code: code?.toString(), body: bytes.toString('utf8') }, doing);
    return bytes;
  } catch (error) {
    throw storeErrorOf(error, doing);
  }
}

/** The rows of a query as objects. Integers of 64 bits come as strings. Rejects with a `StoreError`. */
export async function rowsOf<Row>(client: ClickHouseClient, request: Request): Promise<Row[]> {
  const bytes = await send(client, {
    ...request,
    query: `${request.query}\nFORMAT JSONEachRow`,
    settings: { ...request.settings, output_format_json_quote_64bit_integers: 1 },
  });
  const rows: Row[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0x0a, at);
    const to = end === -1 ? bytes.length : end;
    if (to > at) rows.push(JSON.parse(bytes.toString('utf8', at, to)) as Row);
    at = to + 1;
  }
  return rows;
}
