import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { idsIn } from '../client/trace-id-list.ts';
import { RowReader } from '../native/row-reader.ts';
import type { SpanRun } from '../span-bytes/traces-data.ts';

/** A resource and the scope in it, as bytes of OTLP. */
export type StoredOrigin = SpanRun['origin'];

/** Some 10 MB. */
const maxKnown = 20_000;

/** Resources and scopes that were read before. Their ids are hashes of what is in them: what an id stands for never changes. */
export class KnownOrigins {
  readonly #known = new Map<string, StoredOrigin>();

  /** @param id 32 hexadecimal digits. */
  get(id: string): StoredOrigin | undefined {
    return this.#known.get(id);
  }

  add(id: string, origin: StoredOrigin): void {
    // A view of an answer would keep all of it.
    const copied = { ...origin, resource: Uint8Array.from(origin.resource), scope: Uint8Array.from(origin.scope) };
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(id, copied);
  }
}

/** Those of these ids (32 hexadecimal digits) that are stored; with `kept`, also where nothing expires. */
export async function originsOf(
  client: ReadClient,
  { ids, kept, known }: { readonly ids: Iterable<string>; readonly kept: boolean; readonly known: KnownOrigins },
  options?: ReadOptions,
): Promise<ReadonlyMap<string, StoredOrigin>> {
  const found = new Map<string, StoredOrigin>();
  const wanted: string[] = [];
  for (const id of ids) {
    const origin = known.get(id);
    if (origin === undefined) wanted.push(id);
    else found.set(id, origin);
  }
  if (wanted.length === 0) return found;
  const columns = 'id, resource, resource_schema_url, scope, scope_schema_url';
  const these = idsIn('id', wanted);
  const live = `SELECT ${columns} FROM resources_data WHERE marker = '' AND ${these}`;
  const ofKept = `SELECT ${columns} FROM kept_resources WHERE ${these}`;
  const reader = new RowReader(
    await client.bytes(
      kept ? `SELECT * FROM (${live} UNION ALL ${ofKept}) LIMIT 1 BY id` : `${live} LIMIT 1 BY id`,
      'RowBinary',
      {},
      options,
    ),
  );
  while (reader.more) {
    const id = reader.fixed(16).toString('hex');
    const resource = reader.blob();
    const resourceSchemaUrl = reader.text();
    const scope = reader.blob();
    const origin = { resource, resourceSchemaUrl, scope, scopeSchemaUrl: reader.text() };
    known.add(id, origin);
    found.set(id, origin);
  }
  return found;
}
