/** A buffer that could not do what was asked; always worth another claim. */
export class BufferError extends Error {
  override readonly name: string = 'BufferError';
  readonly retryable = true;
}

/** Another owner has claimed the partition, or the buffer lost what it held. Claim again. */
export class FencedError extends BufferError {
  override readonly name = 'FencedError';
}

/** The buffer has no room. Release something and append again. */
export class BufferFullError extends BufferError {
  override readonly name = 'BufferFullError';
}

/** A server that cannot be used as it is set up. Trying again will not help: somebody must change something. */
export class BufferSetupError extends Error {
  override readonly name = 'BufferSetupError';
  readonly retryable = false;
}
