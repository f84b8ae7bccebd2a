import { quoted } from './ddl.ts';

/** Services with a login of their own at ClickHouse. */
export const roles = ['sink', 'query', 'rollup', 'audit'] as const;
export type Role = (typeof roles)[number];

/** Tables and views of a migration that a service uses. */
interface Uses {
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  /** What it writes where it can, and does without where it cannot. */
  readonly mayWrite?: readonly string[];
}

/** By who may read and write them. */
export type Access = Partial<Record<Role, Uses>>;

/** Tables by the right to them, within the database; `system.` where they are ClickHouse's own. */
export interface Rights {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Given, but not insisted on. */
  readonly mayWrite: readonly string[];
}

/** What a role needs of all migrations together. */
export function rightsOf(role: Role, accesses: readonly (Access | undefined)[]): Rights {
  const all = accesses.map((access) => access?.[role]);
  return {
    // Every service looks at its start whether the migrations were applied; pages show sizes.
    reads: ['migrations', ...all.flatMap((own) => own?.reads ?? []), ...(role === 'query' ? ['system.parts'] : [])],
    writes: all.flatMap((own) => own?.writes ?? []),
    mayWrite: all.flatMap((own) => own?.mayWrite ?? []),
  };
}

/** `GRANT` statements without the name of who gets them, one for each right and table. */
export function grantsOf(
  rights: Pick<Rights, 'reads' | 'writes'>,
  database: string,
): { readonly right: string; readonly on: string }[] {
  const inDatabase = (table: string): string => (table.includes('.') ? table : `${database}.${table}`);
  const writes = new Set(rights.writes);
  const all = [...new Set([...rights.reads, ...rights.writes])];
  const reads = new Set(rights.reads);
  return all.map((table) => ({
    right: [...(reads.has(table) ? ['SELECT'] : []), ...(writes.has(table) ? ['INSERT'] : [])].join(', '),
    on: inDatabase(table),
  }));
}

/** The role of a service: `spanloom_sink`. */
export function roleName(role: Role, database: string): string {
  return `${database}_${role}`;
}

/** Statements that make the role and give it what it needs. */
export function roleStatements(role: Role, rights: Rights, database: string, cluster: string | null): string[] {
  const name = roleName(role, database);
  const { reads, writes, mayWrite } = rights;
  const where = cluster === null ? '' : ` ON CLUSTER ${quoted(cluster)}`;
  return [
    `CREATE ROLE IF NOT EXISTS ${name}${where}`,
    ...grantsOf({ reads, writes: [...writes, ...mayWrite] }, database).map(
      ({ right, on }) => `GRANT${where} ${right} ON ${on} TO ${name}`,
    ),
  ];
}

/** What whoever runs `spanloom migrate` needs, where it is not an administrator. */
export function migratorGrants(database: string, cluster: string | null): string[] {
  return [
    // A view that is replaced is made under another name first, and what it replaces dropped.
    `GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW ON ${database}.*`,
    `GRANT SELECT, INSERT, ALTER ADD COLUMN, ALTER INDEX, ALTER TTL, ALTER MATERIALIZE TTL, ALTER SETTINGS ON ${database}.*`,
    'GRANT TABLE ENGINE ON *',
    ...(cluster === null ? [] : ['GRANT CLUSTER ON *.*']),
  ];
}
