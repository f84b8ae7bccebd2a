import { accessSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { LogError } from '../errors.ts';

export type LogDatabase = RootDatabase<Buffer, Buffer>;

export function databasePath(dir: string): string {
  return join(dir, 'log.mdb');
}

/**
 * `overlappingSync` off: a commit is then visible and acknowledged only after fdatasync of the data
 * and of the meta page. With it on, readers would see records that a power cut takes back.
 * `eventTurnBatching` off: the writer says itself what belongs together; with it on, a commit that
 * fails (disk full) also rejects a promise that nobody can reach, which ends the process.
 */
const OPTIONS = {
  keyEncoding: 'binary',
  encoding: 'binary',
  overlappingSync: false,
  eventTurnBatching: false,
} as const;

/** @throws LogError, not retryable, when the folder cannot be written. */
export function openForWriting(dir: string): LogDatabase {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return open<Buffer, Buffer>({ ...OPTIONS, path: databasePath(dir) });
  } catch (error) {
    throw new LogError(
      `Cannot open the log in ${dir} for writing: ${reasonOf(error)}. Make the folder writable, or choose another --data-dir.`,
      false,
      { cause: error },
    );
  }
}

/** @throws LogError, not retryable, when there is no log. */
export function openForReading(dir: string): LogDatabase {
  try {
    // lmdb makes the folder otherwise, also for reading.
    accessSync(databasePath(dir));
    return open<Buffer, Buffer>({ ...OPTIONS, path: databasePath(dir), readOnly: true });
  } catch (error) {
    throw new LogError(`There is no log to read in ${dir}: ${reasonOf(error)}.`, false, {
      cause: error,
    });
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
