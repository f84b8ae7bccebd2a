import type { WindowLength } from '../windows/length.ts';
import type { Schedule } from '../windows/schedule.ts';

/** A rollup as its file says. */
export interface Definition {
  /** The file's name, without its folder. */
  readonly file: string;
  readonly name: string;
  readonly description: string;
  readonly schedule: Schedule;
  readonly scheduleText: string;
  readonly timezone: string;
  readonly window: WindowLength;
  /** How long after the end of a window its figures are taken to be final. */
  readonly delayMs: number;
  readonly sql: string;
  readonly target: { readonly table: string; readonly retentionDays: number } | null;
  /** Where things stand in the file, counted from 1. */
  readonly lines: { readonly name: number; readonly sql: number; readonly target: number };
}
