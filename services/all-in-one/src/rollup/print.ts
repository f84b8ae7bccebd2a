import { type RollupStatus, problemText } from '@spanloom/rollup';
import type { RollupRun } from '@spanloom/store';

/** Lines of cells in columns, the first line being their names; numbers align right. */
export function columnsOf(rows: readonly (readonly (string | number)[])[]): string {
  const text = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)));
  const widths = (text[0] ?? []).map((_, at) => Math.max(...text.map((row) => row[at]?.length ?? 0)));
  const isNumber = (text[0] ?? []).map((_, at) => typeof rows[1]?.[at] === 'number');
  return text
    .map((row) =>
      row
        .map((cell, at) => (isNumber[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `2026-11-23 09:00` in UTC. */
export function utc(ms: number | null): string {
  return ms === null ? '–' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

export function windowText(run: Pick<RollupRun, 'fromSeconds' | 'toSeconds'>): string {
  return `${utc(run.fromSeconds * 1000)} to ${utc(run.toSeconds * 1000)}`;
}

/** The lines of a result as a table. */
export function linesText(lines: readonly Record<string, unknown>[]): string {
  const names = Object.keys(lines[0] ?? {});
  if (names.length === 0) return 'The result is empty.';
  const cell = (value: unknown): string | number =>
    typeof value === 'number' ? value : typeof value === 'string' ? value : JSON.stringify(value);
  return columnsOf([names, ...lines.map((line) => names.map((name) => cell(line[name])))]);
}

export function listText({ rollups, problems }: RollupStatus): string {
  const rows = rollups.map(({ definition, last, nextDueMs }) => [
    definition.name,
    `${definition.scheduleText} ${definition.timezone}`,
    definition.window.text,
    definition.target?.table ?? '',
    last === null ? '–' : `${last.status} ${utc(last.startedMs)}`,
    utc(nextDueMs),
  ]);
  return [
    columnsOf([['rollup', 'schedule', 'window', 'table', 'last run', 'next'], ...rows]),
    ...problems.map(problemText),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

export function statusText(status: RollupStatus): string {
  const levels = status.levels.map((level) => [
    level.name,
    level.windows,
    level.waiting,
    utc(level.newestSeconds === null ? null : level.newestSeconds * 1000),
  ]);
  return [
    `Figures are complete to ${utc(status.watermarkMs)} UTC.`,
    '',
    columnsOf([['level', 'rolled up', 'waiting', 'newest'], ...levels]),
    '',
    listText(status),
  ].join('\n');
}
