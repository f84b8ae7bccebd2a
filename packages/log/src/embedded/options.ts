import type { Clock } from '@spanloom/span';
import type { StreamCut } from '../port.ts';
import type { RetentionLimits } from './write/retention.ts';

export interface EmbeddedLogOptions extends RetentionLimits {
  /** The data folder; made if missing. Holds `log.mdb`, `log.mdb-lock` and `lock.json`. */
  readonly dir: string;
  /** Of `spans` and of `traces`. Fixed when the log is made. */
  readonly partitions: number;
  /** Fixed likewise: batches that a process left half stored must be cut in the same places by the next. */
  readonly cut: StreamCut;
  readonly clock: Clock;
  /** Random bytes, for the stream's id and the lock's token. */
  readonly random: (bytes: number) => Uint8Array;
  /** How this process was started, for whoever finds the folder in use. */
  readonly command: string;
  /** Told when retention or the lock's renewal failed; both are tried again. */
  readonly onBackgroundError: (error: Error) => void;
}
