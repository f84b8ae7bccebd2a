import { StoreError } from '../errors.ts';
import type { QueryParameter, ReadClient, ReadOptions } from '../client/read-client.ts';
import { planReading } from './plan.ts';
import type { Coarsest, MinuteRange, Plan } from './plan.ts';
import { levels, levelTable } from './shape.ts';
import type { FiguresShape, Level } from './shape.ts';
import { minuteChanges, windowStates } from './state.ts';

/** How many windows of each level an answer was made of; minutes include those in which nothing happened. */
export interface LevelsRead {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
}

export interface LevelQuery {
  /** Unix minutes, `[fromMinute, toMinute)`. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Default `day`: as coarse as fits. The answer is the same. */
  readonly coarsest?: Coarsest;
}

/** A row of an answer; `level` is empty but in those that count the windows of a level. */
interface LevelRow {
  readonly level: '' | Level;
  readonly windows: string;
}

/** Windows may be replaced between the choice and the reading; twice in a row was never seen. */
const maxTries = 5;

/** How a source becomes an answer. */
export interface LevelReading<Row, Answer> {
  /**
   * Makes the query out of a source, in parentheses, with the columns of the shape, and `level`. It must
   * group by `level` too, keep every row whose level is not empty, and return `level` and
   * `count() AS windows`.
   */
  readonly sqlOf: (source: string) => string;
  readonly parameters: Record<string, QueryParameter>;
  readonly rowOf: (row: Row) => Answer;
}

/** Reads figures from the coarsest levels that hold what their minutes do. */
export async function readLevels<Row, Answer>(
  client: ReadClient,
  shape: FiguresShape,
  query: LevelQuery,
  { sqlOf, parameters, rowOf }: LevelReading<Row, Answer>,
  options?: ReadOptions,
): Promise<{ readonly rows: Answer[]; readonly levels: LevelsRead }> {
  for (let tries = 1; ; tries += 1) {
    const plan = await planOf(client, shape, query, options);
    const rows = await client.rows<Row & LevelRow>(sqlOf(`(${sourceOf(shape, plan)})`), parameters, options);
    const found = (level: Level): number => Number(rows.find((row) => row.level === level)?.windows ?? 0);
    if (found('hour') === plan.hours && found('day') === plan.days) {
      const minutes = plan.minute.reduce((sum, [from, to]) => sum + to - from, 0);
      return {
        rows: rows.filter((row) => row.level === '').map(rowOf),
        levels: { days: plan.days, hours: plan.hours, minutes },
      };
    }
    if (tries === maxTries) {
      throw new StoreError('reading: the rollups were replaced while they were read', 'unavailable');
    }
  }
}

async function planOf(
  client: ReadClient,
  shape: FiguresShape,
  query: LevelQuery,
  options: ReadOptions | undefined,
): Promise<Plan> {
  const { fromMinute, toMinute, coarsest = 'day' } = query;
  const firstHour = Math.ceil(fromMinute / 60);
  const endHour = Math.floor(toMinute / 60);
  const none = { ...query, coarsest: 'minute', hours: [], days: [], changes: new Map<number, number>() } as const;
  if (coarsest === 'minute' || endHour <= firstHour) return planReading(none);
  const range = [firstHour * 3600, endHour * 3600] as const;
  const [hours, days] = await Promise.all([
    windowStates(client, shape.name, 'hour', range, options),
    coarsest === 'day' && endHour - firstHour >= 24 ? windowStates(client, shape.name, 'day', range, options) : [],
  ]);
  if (hours.length === 0 && days.length === 0) return planReading(none);
  const sealed = new Set(hours.filter((state) => state.sealed).map((state) => state.atSeconds));
  for (const state of days) {
    if (!state.sealed) continue;
    for (let hour = 0; hour < 24; hour += 1) sealed.add(state.atSeconds + hour * 3600);
  }
  let [from, to] = range;
  while (from < to && sealed.has(from)) from += 3600;
  while (from < to && sealed.has(to - 3600)) to -= 3600;
  const changes = await minuteChanges(client, shape.name, [from, to], options);
  return planReading({ ...query, coarsest, hours, days, changes });
}

/** Rows of all levels of the plan. With the lines come the rows that say that their windows are whole. */
function sourceOf(shape: FiguresShape, plan: Plan): string {
  const columns = [
    ...shape.key.map(([name]) => name),
    ...shape.sums,
    ...shape.histograms,
    ...shape.largest.map(([name]) => name),
  ].join(', ');
  const parts: string[] = [];
  if (plan.minute.length > 0 || plan.hours + plan.days === 0) {
    const minutes = within('minute', plan.minute);
    parts.push(`SELECT '' AS level, ${columns} FROM ${shape.name}_minute_data
       WHERE marker = '' AND ${daysOf(plan.minute)} AND ${minutes}`);
  }
  for (const level of levels) {
    if (plan[level].length === 0) continue;
    const table = levelTable(shape.name, level);
    const windows = within('at', plan[level]);
    parts.push(`SELECT if(marker = 'window', '${level}', '') AS level, ${columns} FROM ${table}
       WHERE marker IN ('', 'window') AND ${windows} AND (at, version) IN (
         SELECT at, max(version) FROM ${table} WHERE marker = 'window' AND ${windows} GROUP BY at)`);
  }
  return parts.join('\n     UNION ALL\n     ');
}

/** Numbers of our own, in the text: bound ones travel in the address, which is short. */
function within(column: string, ranges: readonly MinuteRange[]): string {
  if (ranges.length === 0) return '0';
  const time = (minute: number): string => `toDateTime(${minute * 60}, 'UTC')`;
  return `(${ranges.map(([from, to]) => `${column} >= ${time(from)} AND ${column} < ${time(to)}`).join(' OR ')})`;
}

/** See `queries/day.ts`. */
function daysOf(ranges: readonly MinuteRange[]): string {
  const from = ranges[0]?.[0] ?? 0;
  const to = ranges.at(-1)?.[1] ?? 0;
  return `day >= toDate(toDateTime(${Math.max(0, from * 60 - 3600)}, 'UTC'))
       AND day <= toDate(toDateTime(${to * 60 + 7 * 86_400}, 'UTC'))`;
}
