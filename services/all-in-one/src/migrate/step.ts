/** Something that must be there before the services start. */
export interface MigrationStep {
  /** For people: `clickhouse`. */
  readonly name: string;
  /** What an administrator would run instead: lines of a shell script, comments included. */
  plan(): readonly string[];
  /**
   * Makes what is missing and yields a line for each thing, made or found. Rejects with an error for
   * people; run again, it goes on where it stopped.
   */
  apply(): AsyncIterable<string>;
}
