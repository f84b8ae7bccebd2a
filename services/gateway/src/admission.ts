/** Why a request is not taken in now. Either way the client should send it again later. */
export type Refusal =
  | { readonly type: 'overloaded'; readonly message: string; readonly retryAfterMs: number }
  | { readonly type: 'unavailable'; readonly message: string };

/** A request's place among the bytes in flight, from before its body is read until it was answered. */
export interface Hold {
  /** Raises the place to `bytes` in all; false, changing nothing, where there is no room. Never shrinks. */
  raise(bytes: number): boolean;
  leave(): void;
}

export interface Admission {
  /** Asked before a body is read, with as many bytes as are known by then. */
  enter(bytes: number): Hold | Refusal;
  /** Why no more bytes fit: what to answer when `raise` was refused. */
  overloaded(): Refusal;
  /** Bytes received, or announced, and not yet durable. */
  inflightBytes(): number;
  /** From now on nobody enters. Resolves when everybody has left. */
  close(): Promise<void>;
  readonly closed: boolean;
}

export interface AdmissionOptions {
  readonly maxInflightBytes: number;
  readonly retryAfterMs: number;
  /** Null, or a sentence that says why nothing can be taken in now. */
  readonly refuseBecause: () => string | null;
}

/** Bounds what is in memory on its way to the log. */
export function createAdmission({ maxInflightBytes, retryAfterMs, refuseBecause }: AdmissionOptions): Admission {
  let inflightBytes = 0;
  let holds = 0;
  let onEmpty: (() => void) | null = null;

  const overloaded = (): Refusal => ({
    type: 'overloaded',
    message: `More than ${maxInflightBytes} bytes are waiting to be stored; send again in ${retryAfterMs / 1000} s.`,
    retryAfterMs,
  });

  function take(bytes: number): boolean {
    if (inflightBytes + bytes > maxInflightBytes) return false;
    inflightBytes += bytes;
    return true;
  }

  function createHold(entered: number): Hold {
    let held = entered;
    let left = false;
    holds++;
    return {
      raise(bytes) {
        if (bytes <= held) return true;
        if (!take(bytes - held)) return false;
        held = bytes;
        return true;
      },
      leave() {
        if (left) return;
        left = true;
        inflightBytes -= held;
        holds--;
        if (holds === 0) onEmpty?.();
      },
    };
  }

  return {
    enter(bytes) {
      const reason = onEmpty === null ? refuseBecause() : 'Shutting down.';
      if (reason !== null) return { type: 'unavailable', message: reason };
      return take(bytes) ? createHold(bytes) : overloaded();
    },
    overloaded,
    inflightBytes: () => inflightBytes,
    close() {
      return new Promise((resolve) => {
        onEmpty = resolve;
        if (holds === 0) resolve();
      });
    },
    get closed() {
      return onEmpty !== null;
    },
  };
}
