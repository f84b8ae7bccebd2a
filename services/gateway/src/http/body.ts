import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { err, ok } from '@spanloom/span';
import type { Result } from '@spanloom/span';
import type { Hold } from '../admission.ts';
import type { Refused } from '../outcome.ts';

/** `noRoom`: the bytes in flight are at their limit. `aborted`: nobody is left to answer. */
export type BodyError = Refused | { readonly type: 'noRoom' } | { readonly type: 'aborted' };

/**
 * The whole body as it was sent. Bytes beyond `maxBytes`, or beyond what `hold` has room for, are
 * not kept; Node reads and drops the rest, so that the client gets to read the answer.
 */
export function readBody(request: IncomingMessage, maxBytes: number, hold: Hold): Promise<Result<Buffer, BodyError>> {
  return new Promise((resolve) => {
    let parts: Buffer[] = [];
    let bytes = 0;
    const refuse = (error: BodyError): void => {
      request.removeAllListeners('data').resume();
      parts = [];
      resolve(err(error));
    };
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > maxBytes) refuse(tooLarge('The body', maxBytes));
      else if (!hold.raise(bytes)) refuse({ type: 'noRoom' });
      else parts.push(part);
    });
    request.once('end', () =>
      resolve(ok(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, bytes))),
    );
    // An upload that breaks off is an error event, which would be fatal unheard; `close` follows it.
    request.once('error', () => undefined);
    request.once('close', () => resolve(err({ type: 'aborted' })));
  });
}

/**
 * Undoes `Content-Encoding: gzip`; a bomb is stopped at `maxBytes`. In this thread, because the
 * thread pool costs 480 µs of CPU where this costs 200 (70 kB), and so that never more than one
 * body at a time is larger than was counted when it came in.
 */
export function gunzipBody(body: Buffer, maxBytes: number): Result<Buffer, BodyError> {
  try {
    return ok(gunzipSync(body, { maxOutputLength: maxBytes }));
  } catch (error) {
    // zlib has no other way to say that its input is bad.
    if (error instanceof RangeError) return err(tooLarge('The uncompressed body', maxBytes));
    return err({
      type: 'malformed',
      message: `The body is not valid gzip: ${error instanceof Error ? error.message : 'unreadable'}.`,
    });
  }
}

export function tooLarge(what: string, maxBytes: number): Refused {
  return {
    type: 'tooLarge',
    message: `${what} is larger than ${maxBytes} bytes, the limit of a request. Send smaller batches.`,
  };
}
