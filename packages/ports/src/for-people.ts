import { BufferError, BufferSetupError } from '@spanloom/buffer';
import { LogError } from '@spanloom/log';
import { UserError } from '@spanloom/runtime';
import { StoreError } from '@spanloom/store';

/** What a server, or its settings, has against being used is something that an operator can mend: no stack. */
export async function forPeople<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    const known = [LogError, BufferError, BufferSetupError, StoreError].some((kind) => error instanceof kind);
    throw known && error instanceof Error ? new UserError(error.message, { cause: error }) : error;
  }
}
