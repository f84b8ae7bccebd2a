import { headOf } from './ddl.ts';

/** A column, its type as ClickHouse writes it. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** What must be there once the migrations have run: tables with their columns, and views. */
export interface Shape {
  readonly tables: ReadonlyMap<string, readonly Column[]>;
  readonly views: ReadonlySet<string>;
}

/** The shape that statements lead to, read out of them, so that nothing is written down twice. */
export function shapeOf(statements: readonly string[]): Shape {
  const tables = new Map<string, Column[]>();
  const views = new Set<string>();
  for (const statement of statements) {
    const about = headOf(statement);
    if (about === null) continue;
    const { verb, kind, name } = about;
    if (verb === 'DROP') {
      tables.delete(name);
      views.delete(name);
    } else if (kind === 'VIEW') {
      views.add(name);
    } else if (verb === 'CREATE' && kind === 'TABLE') {
      const original = /^CREATE TABLE (?:IF NOT EXISTS )?\w+ AS (\w+)/.exec(statement)?.[1];
      tables.set(name, original === undefined ? columnsOf(statement) : (tables.get(original) ?? []));
    } else if (verb === 'ALTER') {
      const columns = tables.get(name) ?? [];
      tables.set(name, [...columns, ...addedColumns(statement)]);
    }
  }
  return { tables, views };
}

/** The columns of a CREATE TABLE, whose list is the first thing in parentheses. */
function columnsOf(create: string): Column[] {
  const open = create.indexOf('(');
  return splitAtTop(create.slice(open + 1, closing(create, open)), ',')
    .map((item) => item.trim())
    .filter((item) => !/^(INDEX|PROJECTION|CONSTRAINT)\b/.test(item))
    .map(columnOf);
}

function addedColumns(alter: string): Column[] {
  return splitAtTop(alter, ',')
    .map((item) => /ADD COLUMN (?:IF NOT EXISTS )?([\s\S]*)$/.exec(item)?.[1])
    .filter((definition) => definition !== undefined)
    .map(columnOf);
}

/** column = name type [DEFAULT …] [CODEC(…)] …; a type may hold blanks only within parentheses. */
function columnOf(definition: string): Column {
  const [name = '', ...rest] = splitAtTop(definition.trim().replaceAll(/\s+/g, ' '), ' ');
  return { name, type: rest[0] ?? '' };
}

/** Parts of the text between separators that stand in no parentheses and no quotes. */
function splitAtTop(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  walk(text, 0, (at, depth) => {
    if (depth !== 0 || text[at] !== separator) return true;
    parts.push(text.slice(from, at));
    from = at + 1;
    return true;
  });
  return [...parts, text.slice(from)];
}

/** Where the parenthesis that opens at `open` closes. */
function closing(text: string, open: number): number {
  let end = text.length;
  walk(text, open, (at, depth) => {
    if (depth !== 0) return true;
    end = at;
    return false;
  });
  return end;
}

/** Visits what stands in no quotes, from `from` on, with the depth of parentheses after it. */
function walk(text: string, from: number, visit: (at: number, depth: number) => boolean): void {
  let depth = 0;
  let inQuotes = false;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === "'") inQuotes = !inQuotes;
    if (inQuotes) continue;
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (!visit(at, depth)) return;
  }
}
