import { LogError } from '../errors.ts';
import type { Log } from '../port.ts';
import { openForReading } from './database.ts';
import { DEFAULT_READ_BYTES, placeIn, readBounds, readRecords } from './reading.ts';
import { findStream } from './stream.ts';

/** An onlooker's view of a log that another process may be writing. */
export interface LogReader extends Pick<Log, 'stream' | 'read' | 'bounds' | 'close'> {}

/**
 * Opens the log in a data folder beside its writer, if there is one. What is read is durable; the
 * newest of it may not be acknowledged yet.
 * @throws LogError, not retryable, when there is no log.
 */
export async function openEmbeddedLogReadOnly(dir: string): Promise<LogReader> {
  const db = openForReading(dir);
  const stream = findStream(db, dir);
  if (stream === null) {
    await db.close();
    throw new LogError(`The log in ${dir} was never started.`, false);
  }
  return {
    stream,
    async bounds(topic, partition) {
      db.resetReadTxn();
      return readBounds(db, placeIn(stream, topic, partition));
    },
    async read(topic, partition, from, maxBytes = DEFAULT_READ_BYTES) {
      db.resetReadTxn();
      const where = placeIn(stream, topic, partition);
      return readRecords(db, where, { from, maxBytes, bounds: readBounds(db, where) });
    },
    close: () => db.close(),
  };
}
