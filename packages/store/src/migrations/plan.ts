import { headOf, nameOf } from './ddl.ts';
import { shapeOf } from './shape.ts';

/** What became of a database, a table, a view, a migration or a setting. */
export interface MigrationEvent {
  /** For people: `table spans_data`. */
  readonly what: string;
  readonly did: 'made' | 'changed' | 'there';
}

/** A statement of a migration, and what is to be done about it. */
export interface PlannedStatement {
  readonly statement: string;
  readonly runs: boolean;
  /** What to tell afterwards; null for a statement that is not about a table or view of its own. */
  readonly event: MigrationEvent | null;
}

/** A migration, and whether the database has seen it. */
export interface KnownMigration {
  readonly statements: readonly string[];
  readonly isNew: boolean;
}

/**
 * What to run, for each migration in order: all of a new one, and of the others what makes again a
 * table or view that is needed and gone, and then brings it through all that changed it.
 */
export function planOf(
  migrations: readonly KnownMigration[],
  there: ReadonlySet<string>,
): readonly (readonly PlannedStatement[])[] {
  const all = migrations.flatMap(({ statements }) => statements);
  const needed = shapeOf(all);
  const lastViews = lastViewsOf(all);
  const made = new Set<string>();
  return migrations.map(({ statements, isNew }) =>
    statements.map((statement) => {
      const about = headOf(statement);
      if (about === null) return { statement, runs: isNew, event: null };
      const { verb, kind, name } = about;
      const isNeeded = needed.tables.has(name) || needed.views.has(name);
      const isLost = isNeeded && (verb === 'CREATE' ? !there.has(name) : made.has(name));
      const runs = isNew || isLost;
      // A view is made once, as its last statement has it.
      const isReplaced = kind === 'VIEW' && verb === 'CREATE' && lastViews.get(name) !== statement;
      if (isReplaced) return { statement, runs: false, event: null };
      if (verb !== 'CREATE') return { statement, runs, event: null };
      if (runs) made.add(name);
      const did = runs ? (there.has(name) ? 'changed' : 'made') : 'there';
      return { statement, runs, event: { what: nameOf(about), did } };
    }),
  );
}

/** By name, the last statement that makes the view. */
function lastViewsOf(statements: readonly string[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  for (const statement of statements) {
    const about = headOf(statement);
    if (about?.verb === 'CREATE' && about.kind === 'VIEW') last.set(about.name, statement);
  }
  return last;
}
