import { BufferError, BufferFullError, BufferSetupError } from '../../errors.ts';

/** Whether the server does not know the script: it was restarted, or is another one. Nothing was run. */
export function isUnknownScript(error: unknown): boolean {
  return text(error).startsWith('NOSCRIPT');
}

/** Whether the server refuses us, now and later. */
export function isRefusedLogin(error: unknown): boolean {
  return /^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH|Client sent AUTH|invalid password))/.test(text(error));
}

/** Whether the server answered, if only to refuse. */
export function isReply(error: unknown): boolean {
  return /^[A-Z]+ /.test(text(error));
}

/** What a command failed for, as the buffer's callers know it. Without the command: that may be megabytes of spans. */
export function toBufferError(error: unknown, where: string): BufferError {
  const message = text(error);
  if (message.startsWith('OOM')) {
    return new BufferFullError(`Redis at ${where} is at its memory limit (maxmemory) and takes no more.`);
  }
  if (/retries per request|Connection is closed|enableOfflineQueue|aborted due to/.test(message)) {
    return new BufferError(`Redis at ${where} cannot be reached.`);
  }
  if (message === 'Command timed out') return new BufferError(`Redis at ${where} did not answer in time.`);
  return new BufferError(`Redis at ${where}: ${message}`);
}

/** Why no connection could be made. */
export function toConnectError(error: unknown, where: string): BufferError | BufferSetupError {
  if (isRefusedLogin(error)) {
    return new BufferSetupError(`Redis at ${where} refuses the user or password: ${text(error)}`);
  }
  return new BufferError(`Redis at ${where} cannot be reached: ${text(error)}`);
}

function text(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses of one name: the message of the whole is empty.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(text).join('; ');
  return error.message;
}
