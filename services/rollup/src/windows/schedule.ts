import { Cron } from 'croner';
import { err, ok } from '@spanloom/span';
import type { Result } from '@spanloom/span';

/** When something is to be run: cron's five fields in a time zone. */
export interface Schedule {
  /** The first time of the schedule that is not before `ms`, Unix milliseconds; null where there is none. */
  firstFrom(ms: number): number | null;
}

/**
 * Reads cron's five fields, or a nickname such as `@daily`. Where the clocks go forward, a fixed time
 * that is left out comes as soon as it would have; where they go back, it comes once.
 */
export function parseSchedule(pattern: string, timezone: string): Result<Schedule, string> {
  try {
    const cron = new Cron(pattern, { timezone, paused: true, mode: '5-part' });
    // The library looks at a time zone only once it computes with it.
    if (cron.nextRun(new Date(0)) === null) return err(`the schedule ${pattern} never comes`);
    return ok({ firstFrom: (ms) => cron.nextRun(new Date(ms - 1))?.getTime() ?? null });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/time ?zone/i.test(message)) return err(`there is no time zone ${timezone}: use a name such as Europe/Berlin`);
    return err(`${pattern} is no schedule: ${message.replace(/^Cron\w+: /, '')}`);
  }
}
