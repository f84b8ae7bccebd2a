import type { Statement } from './statement.ts';

/** A session of the engine in which one read after the other runs. */
export interface ReadSession<Session> {
  readonly session: Session;
  /** By which what runs in it is found. */
  readonly mark: string;
}

/** More than run at once, of the few kinds of settings that there are. */
const maxIdle = 16;

/**
 * Sessions of reads that have ended, by all that they were told before: opening one, choosing the database and setting
 * what goes with a read takes 0.5 ms, as much as a third of what ClickHouse needs for its smallest answer.
 */
export class ReadSessions<Session extends { close(): void }> {
  /** The one that was used last comes last. */
  readonly #idle: { readonly key: string; readonly read: ReadSession<Session> }[] = [];

  /** One that was told all that this statement tells, but the values of its parameters; null where there is none. */
  take(key: string): ReadSession<Session> | null {
    const at = this.#idle.findLastIndex((each) => each.key === key);
    return at === -1 ? null : (this.#idle.splice(at, 1)[0]?.read ?? null);
  }

  /** Only after a read that ended by itself, without an error. */
  giveBack(key: string, read: ReadSession<Session>): void {
    this.#idle.push({ key, read });
    if (this.#idle.length > maxIdle) this.#idle.shift()?.read.session.close();
  }

  close(): void {
    for (const { read } of this.#idle.splice(0)) read.session.close();
  }
}

/**
 * What a session is told before the statement runs in it, for statements that tell it nothing else: single ones that
 * only read. Null for all others, which need a session of their own. With `readonly = 1` parameters could not be set again.
 */
export function readSessionKey(statement: Statement): string | null {
  const reads = statement.cancellable && /^\s*(?:SELECT|WITH)\b[^;]*$/i.test(statement.sql);
  if (!reads || !statement.settings.some(([name, value]) => name === 'readonly' && value === '2')) return null;
  return JSON.stringify([statement.database, statement.settings, statement.parameters.map(([name]) => name)]);
}
