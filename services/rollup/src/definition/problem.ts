/** What is wrong with a file of a rollup, and where. */
export interface Problem {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly reason: string;
}

/** `edges.yaml:3: there is no setting shedule; did you mean schedule?` */
export function problemText({ file, line, reason }: Problem): string {
  return `${file}:${line}: ${reason}`;
}
