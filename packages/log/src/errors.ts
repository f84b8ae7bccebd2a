/** A log that could not do what was asked. `retryable` says whether trying again can help. */
export class LogError extends Error {
  override readonly name: string = 'LogError';
  readonly retryable: boolean;

  constructor(message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.retryable = retryable;
  }
}

/** The partition belongs to somebody else now, or may. Claim again. */
export class LeaseLostError extends LogError {
  override readonly name = 'LeaseLostError';

  constructor(partition: number) {
    super(`The lease on partition ${partition} is over; another owner may be at work.`, true);
  }
}

/** The offset was never written, or has expired. */
export class OutOfRangeError extends LogError {
  override readonly name = 'OutOfRangeError';
  readonly offset: number;
  readonly low: number;
  readonly high: number;

  constructor(where: string, offset: number, low: number, high: number) {
    super(`${where} has offsets ${low} to ${high}; ${offset} is outside.`, false);
    this.offset = offset;
    this.low = low;
    this.high = high;
  }
}

/** Who has a data folder. */
interface Holder {
  readonly pid: number;
  readonly hostname: string;
  readonly command: string;
  readonly sinceMs: number;
}

/** Another process writes this data folder. */
export class DataDirInUseError extends LogError {
  override readonly name = 'DataDirInUseError';
  readonly dir: string;
  readonly holder: Holder;

  constructor(dir: string, holder: Holder) {
    super(
      `The data folder ${dir} is in use by process ${holder.pid} on ${holder.hostname} (${holder.command}), ` +
        `since ${new Date(holder.sinceMs).toISOString()}. Stop it, or choose another --data-dir.`,
      false,
    );
    this.dir = dir;
    this.holder = holder;
  }
}
