import { LogError } from '../errors.ts';
import type { CutStream, Stream, StreamCut } from '../port.ts';
import type { LogDatabase } from './database.ts';
import { STREAM_KEY } from './format/keys.ts';

/** 1: a stream whose partitions are all cut at the same moment. */
const FORMATS: readonly number[] = [1, 2];

/** 6 bytes: one in 2.8 · 10¹⁴ that two streams share an id. */
const ID_BYTES = 6;

/** How a stream is cut is not known where it was made by a program that took it from its settings. */
type FoundStream = Stream & Partial<Pick<CutStream, 'cut'>>;

/** The stream in the database, or null if it is new. */
export function findStream(db: LogDatabase, dir: string): FoundStream | null {
  const value = db.getBinary(STREAM_KEY);
  if (value === undefined) return null;
  const { format, ...stream } = JSON.parse(value.toString()) as FoundStream & { format: number };
  if (!FORMATS.includes(format)) {
    throw new LogError(
      `The log in ${dir} has format ${format}; this program reads ${FORMATS.join(' and ')}. Use a newer Spanloom, or another --data-dir.`,
      false,
    );
  }
  return stream;
}

export interface NewStream {
  readonly dir: string;
  readonly partitions: number;
  readonly cut: StreamCut;
  readonly random: (bytes: number) => Uint8Array;
}

/** The stream in the database, made if there is none. Called by the holder of the lock. */
export function ensureStream(db: LogDatabase, wanted: NewStream): CutStream {
  const found = findStream(db, wanted.dir);
  if (found === null) {
    const id = Buffer.from(wanted.random(ID_BYTES)).toString('hex');
    return keep(db, { id, partitions: wanted.partitions, cut: { ...wanted.cut, staggered: true } });
  }
  if (found.partitions !== wanted.partitions) {
    throw new LogError(
      `The log in ${wanted.dir} was made with ${count(found.partitions)} and was now asked for with ` +
        `${wanted.partitions}. The count of a stream never changes: ask for ${found.partitions}, or choose ` +
        `another --data-dir for a new stream.`,
      false,
    );
  }
  const { id, partitions, cut } = found;
  return cut === undefined ? keep(db, { id, partitions, cut: wanted.cut }) : { id, partitions, cut };
}

function keep(db: LogDatabase, stream: CutStream): CutStream {
  db.putSync(STREAM_KEY, Buffer.from(JSON.stringify({ format: stream.cut.staggered === true ? 2 : 1, ...stream })));
  return stream;
}

function count(partitions: number): string {
  return partitions === 1 ? '1 partition' : `${partitions} partitions`;
}
