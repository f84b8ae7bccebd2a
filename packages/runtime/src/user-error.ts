/** Something that whoever started the program can mend. Printed as one clear line, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** What to do about it; empty when the message says it. */
  readonly hint: string;
  /** 2: the command was used wrongly; 1: anything else. */
  readonly exitCode: 1 | 2;

  constructor(
    message: string,
    { hint = '', exitCode = 1, cause }: { hint?: string; exitCode?: 1 | 2; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** One line for an error that ends the program: message and hint, or, of a fault of ours, its message and place. */
export function errorLine(error: unknown): string {
  if (error instanceof UserError)
    return `spanloom: ${[error.message, error.hint].filter((text) => text !== '').join(' ')}`;
  if (!(error instanceof Error)) return `spanloom: ${String(error)}`;
  const place =
    error.stack
      ?.split('\n')
      .find((line) => line.trimStart().startsWith('at '))
      ?.trim() ?? '';
  return `spanloom: ${error.message}${place === '' ? '' : ` (${place})`}`;
}

/** The exit code for an error that ends the program. */
export function exitCodeOf(error: unknown): number {
  return error instanceof UserError ? error.exitCode : 1;
}
