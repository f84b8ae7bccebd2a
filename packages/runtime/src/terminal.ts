/** What a terminal or a pipe can do. `process.stderr` is one. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Standard error with a last line that lives: whatever is written goes above it. */
export interface Terminal {
  readonly isTTY: boolean;
  /** Whole lines, each with its end. */
  write(text: string): void;
  /** Replaces the last line; empty takes it away. Does nothing off a terminal. */
  live(line: string): void;
}

const eraseLine = '\r\u001B[2K';

export function createTerminal(output: Output): Terminal {
  const isTTY = output.isTTY === true;
  let last = '';
  return {
    isTTY,
    write(text) {
      output.write(last === '' ? text : `${eraseLine}${text}${last}`);
    },
    live(line) {
      if (!isTTY) return;
      // A line that wraps cannot be erased: cut it a column before the edge.
      last = line.slice(0, (output.columns ?? 80) - 1);
      output.write(`${eraseLine}${last}`);
    },
  };
}
