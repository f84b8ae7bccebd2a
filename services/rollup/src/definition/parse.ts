import { err, ok } from '@spanloom/span';
import type { Result } from '@spanloom/span';
import { LineCounter, isMap, isScalar, parseDocument } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import { parseLength } from '../windows/length.ts';
import { parseSchedule } from '../windows/schedule.ts';
import type { Definition } from './definition.ts';
import type { Problem } from './problem.ts';
import { sqlFault } from './sql-text.ts';

const fields = ['name', 'description', 'schedule', 'timezone', 'window', 'delay', 'sql', 'target'] as const;
const targetFields = ['table', 'retention'] as const;
const namePattern = /^[a-z][a-z0-9-]{0,62}$/;
const tablePattern = /^[a-z][a-z0-9_]{0,62}$/;
/** Names under which the levels of figures run. */
const levelNames = /^(edges|operations)-(hour|day)$/;

/**
 * Reads the file of a rollup; answers all that is wrong with it. `graceMs`: how long after the end of
 * a window its figures become final at the earliest.
 */
export function parseDefinition(file: string, text: string, graceMs: number): Result<Definition, Problem[]> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const problems: Problem[] = [];
  const lineAt = (offset: number): number => Math.max(1, lineCounter.linePos(offset).line);
  const lineOf = (node: unknown): number => lineAt((node as Node | null | undefined)?.range?.[0] ?? 0);
  const problem = (line: number, reason: string): null => {
    problems.push({ file, line, reason });
    return null;
  };
  for (const { pos, message } of document.errors) problem(lineAt(pos[0]), `not YAML: ${message.split('\n')[0] ?? ''}`);
  if (problems.length > 0) return err(problems);
  const root = document.contents;
  if (!isMap(root)) return err([{ file, line: 1, reason: 'a rollup is a list of settings, such as name: slow-edges' }]);

  const lineOfField = (map: YAMLMap, name: string): number => {
    const pair = map.items.find((item) => isScalar(item.key) && item.key.value === name);
    return lineOf(pair?.key ?? map);
  };
  const textOf = (map: YAMLMap, name: string): string | null => {
    const node: unknown = map.get(name, true);
    if (node === undefined) return null;
    if (isScalar(node) && (typeof node.value === 'string' || typeof node.value === 'number')) return String(node.value);
    return problem(lineOfField(map, name), `${name} must be a text`);
  };
  const needed = (map: YAMLMap, name: string): string | null =>
    map.has(name) ? textOf(map, name) : problem(lineOf(map), `there is no ${name}`);
  /** The value, or null with its problem noted. */
  const take = <T>(line: number, result: Result<T, string>): T | null =>
    result.ok ? result.value : problem(line, result.error);
  unknownFields(root, fields).forEach(([node, reason]) => problem(lineOf(node), reason));

  const name = needed(root, 'name');
  if (name !== null && !namePattern.test(name)) {
    problem(lineOfField(root, 'name'), `${name} is no name: small letters, digits and dashes, a letter first`);
  }
  if (name !== null && levelNames.test(name)) {
    problem(lineOfField(root, 'name'), `${name} is a rollup of Spanloom's own: choose another name`);
  }
  const pattern = needed(root, 'schedule');
  const timezone = textOf(root, 'timezone') ?? 'UTC';
  const zoneIsWrong = (reason: string): boolean => reason.startsWith('there is no time zone');
  const parsed = pattern === null ? null : parseSchedule(pattern, timezone);
  if (parsed !== null && !parsed.ok) {
    problem(lineOfField(root, zoneIsWrong(parsed.error) ? 'timezone' : 'schedule'), parsed.error);
  }
  const windowText = needed(root, 'window');
  const window = windowText === null ? null : take(lineOfField(root, 'window'), parseLength(windowText));
  const delayText = textOf(root, 'delay');
  const delayMs = delayText === null ? graceMs : take(lineOfField(root, 'delay'), parseDelay(delayText, graceMs));

  const sql = needed(root, 'sql');
  const sqlLine = sqlStart(root.get('sql', true), lineAt);
  const fault = sql === null ? null : sqlFault(sql);
  if (sql !== null && fault !== null) problem(sqlLine + linesBefore(sql, fault.at), fault.reason);

  const targetNode: unknown = root.get('target', true);
  let target: Definition['target'] = null;
  if (isMap(targetNode)) {
    unknownFields(targetNode, targetFields).forEach(([node, reason]) => problem(lineOf(node), reason));
    const table = needed(targetNode, 'table');
    if (table !== null && !tablePattern.test(table)) {
      problem(
        lineOfField(targetNode, 'table'),
        `${table} is no name of a table: small letters, digits and underscores`,
      );
    }
    const retention = needed(targetNode, 'retention');
    const days = retention === null ? null : take(lineOfField(targetNode, 'retention'), parseRetention(retention));
    if (table !== null && days !== null) target = { table, retentionDays: days };
  } else if (targetNode !== undefined) {
    problem(lineOfField(root, 'target'), 'target must have a table and a retention');
  }

  if (problems.length > 0 || parsed?.ok !== true) return err(problems);
  if (name === null || pattern === null || window === null || delayMs === null || sql === null) return err(problems);
  return ok({
    file,
    name,
    description: textOf(root, 'description')?.trim() ?? '',
    schedule: parsed.value,
    scheduleText: pattern,
    timezone,
    window,
    delayMs,
    sql: sql.trimEnd(),
    target,
    lines: { name: lineOfField(root, 'name'), sql: sqlLine, target: lineOfField(root, 'target') },
  });
}

/** The line of an offset into the SQL of a definition. */
export function sqlLineOf(definition: Definition, at: number): number {
  return definition.lines.sql + linesBefore(definition.sql, at);
}

function linesBefore(text: string, at: number): number {
  return text.slice(0, at).split('\n').length - 1;
}

/** Where the text of the SQL begins: a block begins below its `|`. */
function sqlStart(node: unknown, lineAt: (offset: number) => number): number {
  if (!isScalar(node)) return 1;
  const line = lineAt(node.range?.[0] ?? 0);
  return node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED' ? line + 1 : line;
}

function unknownFields(map: YAMLMap, known: readonly string[]): [node: unknown, reason: string][] {
  return map.items.flatMap(({ key }): [unknown, string][] => {
    const name = isScalar(key) ? String(key.value) : '';
    return known.includes(name) ? [] : [[key, `there is no setting ${name}: ${known.join(', ')} are known`]];
  });
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function durationMs(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return Number(amount) * (unitMs[unit] ?? Number.NaN);
}

function parseDelay(text: string, graceMs: number): Result<number, string> {
  const ms = durationMs(text);
  if (Number.isNaN(ms) || ms > 7 * 86_400_000) return err(`${text} is no delay: write 15m or 2h, at most 7d`);
  if (ms >= graceMs) return ok(ms);
  return err(
    `with a delay of ${text} the window would overlap the open end: figures are final ${graceMs / 60_000} min after the end of a window`,
  );
}

function parseRetention(text: string): Result<number, string> {
  const days = durationMs(text) / 86_400_000;
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return ok(days);
  return err(`${text} is no retention: write whole days, such as 400d`);
}
