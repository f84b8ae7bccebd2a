import { type Result, err, ok } from '@spanloom/span';

/** What was asked of `spanloom rollup`; times are as they were written. */
export interface RollupArguments {
  /** `serve`: roll up what is due until a signal comes. */
  readonly action: 'serve' | 'list' | 'run' | 'backfill' | 'status';
  /** A rollup, or `edges` or `operations`; empty for actions that have none. */
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly dryRun: boolean;
  readonly again: boolean;
  readonly json: boolean;
}

export const rollupUsage = `spanloom rollup                      on a cluster: rolls up what is due, until it is stopped
       spanloom rollup list
       spanloom rollup run NAME [--from TIME --to TIME] [--dry-run]
       spanloom rollup backfill NAME --from TIME [--to TIME] [--again]
       spanloom rollup status [--json]`;

const actions = ['list', 'run', 'backfill', 'status'] as const;

/** Splits the arguments of the command from settings, which everything else is. */
export function splitRollupArguments(argv: readonly string[]): {
  readonly own: Result<RollupArguments, string>;
  readonly settings: readonly string[];
} {
  const words: string[] = [];
  const settings: string[] = [];
  const values = new Map<string, string>();
  const flags = new Set<string>();
  let missing: string | null = null;
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? '';
    const [flag = '', value] = argument.split(/=(.*)/s);
    if (flag === '--from' || flag === '--to') {
      const given = value ?? argv[(at += 1)];
      if (given === undefined) missing = flag;
      else values.set(flag, given);
    } else if (['--dry-run', '--again', '--json'].includes(argument)) {
      flags.add(argument);
    } else if (settings.length === 0 && !argument.startsWith('-')) {
      words.push(argument);
    } else {
      settings.push(argument);
    }
  }
  const [word = '', name = '', ...more] = words;
  const action = word === '' ? 'serve' : actions.find((known) => known === word);
  const needsName = action === 'run' || action === 'backfill';
  const own = ((): Result<RollupArguments, string> => {
    if (missing !== null) return err(`${missing} has no value.`);
    if (action === undefined) return err(`There is no "rollup ${word}".`);
    if (needsName && name === '') return err(`${action} needs the name of a rollup.`);
    if (more.length > 0 || (!needsName && name !== '')) return err(`${[name, ...more].join(' ')} is too much.`);
    return ok({
      action,
      name,
      from: values.get('--from') ?? null,
      to: values.get('--to') ?? null,
      dryRun: flags.has('--dry-run'),
      again: flags.has('--again'),
      json: flags.has('--json'),
    });
  })();
  return { own, settings };
}

/** RFC 3339, a day, or `now-30d`, as Unix seconds. */
export function timeOf(text: string, nowMs: number): Result<number, string> {
  const [, amount, unit = ''] = /^now(?:-(\d{1,6})([mhdw]))?$/.exec(text) ?? [];
  if (text === 'now' || amount !== undefined) {
    const seconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };
    return ok(Math.floor(nowMs / 1000) - Number(amount ?? 0) * (seconds[unit] ?? 0));
  }
  const isTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/.test(text);
  // Without a zone it is UTC, as windows are.
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(text.slice(10)) || text.length === 10 ? text : `${text}Z`;
  const ms = isTime ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  return Number.isNaN(ms)
    ? err(`${text} is no time: write 2026-11-23, 2026-11-23T09:00:00Z or now-30d.`)
    : ok(ms / 1000);
}
