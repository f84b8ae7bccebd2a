import { err, ok } from '@spanloom/span';
import type { Result } from '@spanloom/span';

/** A request to ClickHouse's HTTP interface, taken apart. See https://clickhouse.com/docs/interfaces/http */
export interface Statement {
  readonly sql: string;
  /** Output format where the SQL names none. */
  readonly defaultFormat: string;
  readonly database: string | null;
  /** Settings of this request alone. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** Values of `{name:Type}` placeholders, escaped as in TabSeparated: the way that HTTP carries them. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** It changes nothing, and is to end when its caller has gone. */
  readonly cancellable: boolean;
  /** The data of an insert, or null. */
  readonly insert: { readonly into: string; readonly format: string } | null;
}

/** Why a request cannot be run, with the code that ClickHouse has for it. */
export interface StatementError {
  readonly code: number;
  readonly type: string;
  readonly message: string;
}

const identifier = /^\w+$/;

/** What the HTTP interface takes in the address and that is no setting. */
const notSettings: ReadonlySet<string> = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'session_id',
  'session_timeout',
  'session_check',
  'role',
  'user',
  'password',
  'compress',
  'decompress',
  'quota_key',
  'wait_end_of_query',
  'buffer_size',
]);

const cancels = 'cancel_http_readonly_queries_on_client_close';

/** HTTP settings that only mean something to the HTTP server. */
const httpSettings: ReadonlySet<string> = new Set([
  'enable_http_compression',
  'send_progress_in_http_headers',
  cancels,
]);

const dataInsert = /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?([\w.`"]+\s*(?:\([^()]*\))?)\s*FORMAT\s+(\w+)\s*;?\s*$/i;
const anyInsert = /^\s*INSERT\s/i;
const selects = /\bSELECT\b/i;

/** Reads the address and, where the SQL is not in it, the body (`bodyText` is called only then). */
export function statementOf(url: URL, bodyText: () => string): Result<Statement, StatementError> {
  const settings: [string, string][] = [];
  const parameters: [string, string][] = [];
  for (const [name, value] of url.searchParams) {
    if (!identifier.test(name)) return bad(`The name of a setting is not an identifier: ${name}`);
    if (name.startsWith('param_')) parameters.push([name, value]);
    else if (!notSettings.has(name) && !httpSettings.has(name)) settings.push([name, value]);
  }
  const inAddress = url.searchParams.get('query');
  const base = {
    defaultFormat: url.searchParams.get('default_format') ?? 'TabSeparated',
    database: url.searchParams.get('database'),
    settings,
    parameters,
    // As ClickHouse has it: what could write is never ended so.
    cancellable: isOn(url.searchParams.get(cancels)) && isOn(url.searchParams.get('readonly')),
  };
  const insert = inAddress === null ? null : dataInsert.exec(inAddress);
  if (inAddress !== null && insert !== null) {
    return ok({
      ...base,
      sql: inAddress,
      insert: { into: insert[1] ?? '', format: insert[2] ?? '' },
    });
  }
  const sql = inAddress === null ? bodyText() : `${inAddress}\n${bodyText()}`;
  if (anyInsert.test(sql) && !selects.test(sql)) {
    return bad('The embedded engine takes the data of an insert as the body, with the statement in the address.');
  }
  return ok({ ...base, sql, insert: null });
}

/** The text that runs the statement; `dataFile` holds the body of an insert. */
export function scriptOf(statement: Statement, dataFile: string | null): string {
  const lines: string[] = [];
  if (statement.database !== null) lines.push(`USE ${quotedName(statement.database)}`);
  const assignments = [...statement.settings, ...statement.parameters];
  if (assignments.length > 0) {
    lines.push(`SET ${assignments.map(([name, value]) => `${name} = ${literal(value)}`).join(', ')}`);
  }
  lines.push(
    statement.insert === null || dataFile === null
      ? statement.sql
      : `INSERT INTO ${statement.insert.into} SELECT * FROM file(${literal(dataFile)}, ${statement.insert.format})`,
  );
  return lines.join(';\n');
}

function isOn(setting: string | null): boolean {
  return setting !== null && setting !== '0';
}

function bad(message: string): Result<never, StatementError> {
  return err({ code: 48, type: 'NOT_IMPLEMENTED', message });
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\0', '\\0')}'`;
}

function quotedName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
