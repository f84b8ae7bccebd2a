import { stat } from 'node:fs/promises';
import { LogError } from '../errors.ts';
import type { CutStream, JoinOptions, Log, Membership } from '../port.ts';
import { startBackground } from './background.ts';
import { databasePath, openForWriting, type LogDatabase } from './database.ts';
import { placeName } from './format/keys.ts';
import { openLedger } from './write/ledger.ts';
import { LOCK_RENEWAL_MS, takeLock, type DataDirLock } from './lock/lock.ts';
import { startMembership } from './own/membership.ts';
import { createNotices } from './own/notice.ts';
import type { EmbeddedLogOptions } from './options.ts';
import { DEFAULT_READ_BYTES, findTime, placeIn, readCommitted, readRecords } from './reading.ts';
import { createRecentBlocks } from './write/recent.ts';
import { createRetention } from './write/retention.ts';
import { ensureStream } from './stream.ts';
import { createWriter } from './write/writer.ts';

const RETENTION_CHECK_MS = 30_000;

/** A log in one file of one process. */
export interface EmbeddedLog extends Log {
  readonly stream: CutStream;
  /** The lock on the data folder, to publish what other processes want to know. */
  readonly lock: Pick<DataDirLock, 'publish'>;
  /** Bytes on disk. The file does not shrink: what retention freed is written again. */
  bytes(): Promise<number>;
  /** Bytes of what is kept, which retention limits. */
  keptBytes(): number;
  /** Deletes what is expired now. Happens by itself every 30 s. */
  enforceRetention(): Promise<void>;
}

/**
 * Takes the lock on the folder and opens, or makes, the log in it.
 * @throws DataDirInUseError when another process has it; LogError, not retryable, when the folder
 * cannot be written, was made by a newer version, or has another number of partitions.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const { dir } = options;
  const db = openForWriting(dir);
  try {
    const lock = takeLock({ ...options, db });
    try {
      return runLog(options, db, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    await db.close();
    throw error;
  }
}

function runLog(options: EmbeddedLogOptions, db: LogDatabase, lock: DataDirLock): EmbeddedLog {
  const { dir, clock } = options;
  const stream = ensureStream(db, options);
  const ledger = openLedger(db, stream);
  const recent = createRecentBlocks();
  const notices = createNotices();
  const writer = createWriter({
    db,
    dir,
    ledger,
    recent,
    clock,
    onAppended: (where) => notices.announce(placeName(where)),
  });
  const enforceRetention = createRetention({ db, ledger, writer, clock, limits: options });
  const memberships = new Map<string, Membership>();
  const background = startBackground(
    [
      { everyMs: RETENTION_CHECK_MS, run: enforceRetention },
      { everyMs: LOCK_RENEWAL_MS, run: renewLock },
    ],
    clock,
    options.onBackgroundError,
  );
  let closing: Promise<void> | null = null;

  async function renewLock(): Promise<void> {
    if (lock.renew()) return;
    const lost = new LogError(`The lock on the data folder ${dir} was taken by another process. Restart.`, false);
    writer.fail(lost);
    throw lost;
  }

  function assertOpen(): void {
    if (closing !== null) throw closedError(dir);
  }

  async function join(request: JoinOptions): Promise<Membership> {
    assertOpen();
    const { group, topic } = request;
    const name = `${group}/${topic}`;
    if (memberships.has(name)) {
      throw new LogError(`The group ${group} has a member that owns ${topic} in this process already.`, false);
    }
    const membership = startMembership({
      join: request,
      places: ledger.places.filter((where) => where.topic === topic),
      clock,
      notices,
      read: (where, from) => log.read(where.topic, where.partition, from),
      commit: (where, committed) => writer.commit(group, where, committed),
    });
    const member: Membership = {
      ended: membership.ended,
      async leave() {
        await membership.leave();
        if (memberships.get(name) === member) memberships.delete(name);
      },
    };
    memberships.set(name, member);
    return member;
  }

  async function close(): Promise<void> {
    await Promise.all([...memberships.values()].map((member) => member.leave()));
    await background.stop();
    await writer.drain(closedError(dir));
    lock.release();
    await db.close();
  }

  const log: EmbeddedLog = {
    stream,
    lock,
    enforceRetention,
    join,
    async append(topic, partition, records, lease) {
      return writer.append(placeIn(stream, topic, partition), records, lease);
    },
    async read(topic, partition, from, maxBytes = DEFAULT_READ_BYTES) {
      assertOpen();
      const where = placeIn(stream, topic, partition);
      return readRecords(db, where, { from, maxBytes, bounds: ledger.bounds(where) }, recent.from(where, from));
    },
    async bounds(topic, partition) {
      return ledger.bounds(placeIn(stream, topic, partition));
    },
    async offsetAtTime(topic, partition, timeMs) {
      assertOpen();
      const where = placeIn(stream, topic, partition);
      return findTime(db, where, timeMs, ledger.bounds(where));
    },
    async committed(group, topic, partition) {
      assertOpen();
      return readCommitted(db, group, placeIn(stream, topic, partition));
    },
    keptBytes: () => ledger.totalBytes(),
    async bytes() {
      // 512: the unit of `blocks`, whatever the file system's own is.
      return (await stat(databasePath(dir))).blocks * 512;
    },
    close: () => (closing ??= close()),
  };
  return log;
}

function closedError(dir: string): LogError {
  return new LogError(`The log in ${dir} is closed.`, false);
}
