/** What a statement of a migration is about. */
export interface StatementHead {
  readonly verb: 'CREATE' | 'ALTER' | 'DROP';
  readonly kind: 'TABLE' | 'VIEW' | 'DATABASE';
  /** Without quotes, as migrations write names. */
  readonly name: string;
  /** Where ON CLUSTER belongs: behind the name. */
  readonly end: number;
}

/**
 * head = CREATE [OR REPLACE] [MATERIALIZED] TABLE|VIEW|DATABASE [IF NOT EXISTS] name
 *      | ALTER TABLE name
 *      | DROP TABLE|VIEW [IF EXISTS] name
 */
const head =
  /^(CREATE|ALTER|DROP) (?:OR REPLACE )?(?:MATERIALIZED )?(TABLE|VIEW|DATABASE) (?:IF (?:NOT )?EXISTS )?([\w.]+)/;

/** Null for a statement that makes or changes no table, view or database. */
export function headOf(statement: string): StatementHead | null {
  const found = head.exec(statement);
  if (found === null) return null;
  return {
    verb: found[1] as StatementHead['verb'],
    kind: found[2] as StatementHead['kind'],
    name: found[3] ?? '',
    end: found[0].length,
  };
}

/** The statement for every server of the cluster; as it is where there is none, or where it moves data. */
export function onCluster(statement: string, cluster: string | null): string {
  const about = headOf(statement);
  if (cluster === null || about === null) return statement;
  return `${statement.slice(0, about.end)} ON CLUSTER ${quoted(cluster)}${statement.slice(about.end)}`;
}

/** A text as a literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** `table spans_data`, for people. */
export function nameOf({ kind, name }: Pick<StatementHead, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()} ${name}`;
}
