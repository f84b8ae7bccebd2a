/**
 * Who writes a data folder. The lock is a file that says so; it is looked at and replaced only
 * inside a write transaction of the database beside it, whose mutex the system frees when a process
 * dies. So two processes never both find a stale lock, and a lock never outlives its taking.
 */
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@spanloom/span';
import { DataDirInUseError } from '../../errors.ts';
import type { LogDatabase } from '../database.ts';
import { runs, thisProcess, type ProcessIdentity } from './process-identity.ts';

/** The holder touches the file this often, for those who cannot see its process. */
export const LOCK_RENEWAL_MS = 5_000;

/** A holder on another machine that has not touched the file for this long is gone. */
const FOREIGN_LOCK_MS = 4 * LOCK_RENEWAL_MS;

/** What the lock file says of its holder. */
export interface LockHolder extends ProcessIdentity {
  /** Tells this lock from every other. */
  readonly token: string;
  /** Unix milliseconds. */
  readonly sinceMs: number;
  /** How it was started. */
  readonly command: string;
  /** What the holder published, such as its URLs. */
  readonly published: Readonly<Record<string, unknown>>;
}

export interface DataDirLock {
  /** Adds to what others find in the lock file; readable by the same user only. */
  publish(info: Readonly<Record<string, unknown>>): void;
  /** Touches the file. False if the lock was taken by somebody else: stop writing. */
  renew(): boolean;
  release(): void;
}

export interface LockOptions {
  readonly dir: string;
  readonly db: LogDatabase;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly command: string;
}

function lockPath(dir: string): string {
  return join(dir, 'lock.json');
}

/** Who holds the folder, or held it and died; null if nobody, or if the file cannot be read. */
export function readLock(dir: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(lockPath(dir), 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}

/** Whether the holder still runs, as far as can be known from here. */
export function holderRuns(dir: string, holder: LockHolder, nowMs: number): boolean {
  if (holder.hostname === thisProcess().hostname) return runs(holder);
  return nowMs - statSync(lockPath(dir)).mtimeMs < FOREIGN_LOCK_MS;
}

/** @throws DataDirInUseError */
export function takeLock({ dir, db, clock, random, command }: LockOptions): DataDirLock {
  const path = lockPath(dir);
  const token = Buffer.from(random(16)).toString('hex');
  let mine: LockHolder = { ...thisProcess(), token, sinceMs: clock.now(), command, published: {} };

  function touch(): void {
    const seconds = clock.now() / 1000;
    utimesSync(path, seconds, seconds);
  }

  function write(): void {
    const next = `${path}.${mine.pid}`;
    writeFileSync(next, `${JSON.stringify(mine, null, 2)}\n`, { mode: 0o600 });
    renameSync(next, path);
    touch();
  }

  const isMine = (): boolean => readLock(dir)?.token === token;

  function exclusively<T>(action: () => T): T {
    return db.transactionSync(action);
  }

  exclusively(() => {
    const holder = readLock(dir);
    if (holder !== null && holderRuns(dir, holder, clock.now())) throw new DataDirInUseError(dir, holder);
    write();
  });

  return {
    publish(info) {
      mine = { ...mine, published: { ...mine.published, ...info } };
      if (isMine()) write();
    },
    renew() {
      if (!isMine()) return false;
      touch();
      return true;
    },
    release() {
      exclusively(() => {
        if (isMine()) rmSync(path);
      });
    },
  };
}
