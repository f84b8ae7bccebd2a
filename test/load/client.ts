import type { Span } from '@spanloom/span';
import { encodeSpans } from '@spanloom/wire';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a gateway may think before it refuses. */
const patienceMs = 60_000;

/** Sends spans as one OTLP request; answers whether it was acknowledged. Rejects when nothing at all is answered. */
export async function sendOnce(port: number, spans: readonly Span[]): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: encodeSpans(spans),
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new Error(`The gateway at ${port} did not answer a request within ${patienceMs} ms.`, { cause: error });
    }
    // The pipeline was killed or is starting: as good as no answer.
    return false;
  }
}

/** Sends until acknowledged, as an SDK does. Rejects when the signal aborts. */
export async function send(port: number, spans: readonly Span[], signal?: AbortSignal): Promise<void> {
  while (!(await sendOnce(port, spans))) await sleep(100, undefined, signal === undefined ? {} : { signal });
}
