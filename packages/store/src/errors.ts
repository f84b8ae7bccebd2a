/**
 * What whoever asked can mend: `exceeded`, the query was beyond its limits of time, rows or memory;
 * `pattern`, a regular expression of it cannot be read.
 */
export type Fault = 'exceeded' | 'pattern';

/** The store could not do what was asked. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** Worth another try: the connection, memory or time failed, not the data or the statement. */
  readonly retryable: boolean;
  /** ClickHouse looked at the data and said no: nothing was written. */
  readonly refused: boolean;
  /** ClickHouse's number for it; null where it was not ClickHouse that answered. */
  readonly code: number | null;
  /** Null where whoever asked can mend nothing. */
  readonly fault: Fault | null;

  constructor(
    message: string,
    kind: 'unavailable' | 'refused' | 'broken',
    options: ErrorOptions & { readonly code?: number; readonly fault?: Fault | null } = {},
  ) {
    super(message, options);
    this.retryable = kind === 'unavailable';
    this.refused = kind === 'refused';
    this.code = options.code ?? null;
    this.fault = options.fault ?? null;
  }
}
