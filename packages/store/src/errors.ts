/** The store could not do what was asked. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** Worth another try: the connection, memory or time failed, not the data or the statement. */
  readonly retryable: boolean;
  /** ClickHouse looked at the data and said no: nothing was written. */
  readonly refused: boolean;
  /**
   * What whoever asked can mend: `exceeded`, the query was beyond its limits of time, rows or
   * memory; `pattern`, a regular expression of it cannot be read. Null for anything else.
   */
  readonly fault: 'exceeded' | 'pattern' | null;

  constructor(
    message: string,
    kind: 'unavailable' | 'refused' | 'broken',
    options: ErrorOptions & { readonly fault?: 'exceeded' | 'pattern' | null } = {},
  ) {
    super(message, options);
    this.fault = options.fault ?? null;
    this.retryable = kind === 'unavailable';
    this.refused = kind === 'refused';
  }
}
