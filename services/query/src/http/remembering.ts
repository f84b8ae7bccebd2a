import type { Clock } from '@spanloom/span';
import type { ReadClient } from '@spanloom/store';

/** A question that was asked, and its answer once it is there. */
interface Asked {
  readonly atMs: number;
  readonly maxAgeMs: number;
  readonly rows: Promise<unknown[]>;
  /** Gives it up. */
  readonly abort: AbortController;
  waiting: number;
}

/**
 * The client, but a question whose `maxAgeMs` allows it is asked once for all who ask meanwhile. It
 * is given up when all of them have gone.
 */
export function remembering(client: ReadClient, clock: Clock): ReadClient {
  const questions = new Map<string, Asked>();

  function forgetOld(nowMs: number): void {
    for (const [key, { atMs, maxAgeMs }] of questions) {
      if (Math.abs(nowMs - atMs) > maxAgeMs) questions.delete(key);
    }
  }

  function forget(key: string, question: Asked): void {
    if (questions.get(key) === question) questions.delete(key);
  }

  /** The answer; or, once the signal aborts, its reason. */
  async function wait(key: string, question: Asked, signal: AbortSignal | undefined): Promise<unknown[]> {
    if (signal === undefined) {
      question.waiting += 1;
      return await question.rows;
    }
    question.waiting += 1;
    let leave = (): void => {};
    const gone = new Promise<never>((_resolve, reject) => {
      leave = () => {
        question.waiting -= 1;
        if (question.waiting === 0) {
          forget(key, question);
          question.abort.abort(signal.reason);
        }
        reject(signal.reason as Error);
      };
    });
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([question.rows, gone]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  return {
    bytes: async (query, format, parameters, options) => await client.bytes(query, format, parameters, options),
    async rows<Row>(...[query, parameters, options]: Parameters<ReadClient['rows']>): Promise<Row[]> {
      if (options?.maxAgeMs === undefined) return await client.rows<Row>(query, parameters, options);
      const { signal, maxAgeMs, ...limits } = options;
      signal?.throwIfAborted();
      const nowMs = clock.now();
      forgetOld(nowMs);
      const key = JSON.stringify([query, Object.entries(parameters).map(([name, value]) => [name, String(value)])]);
      const known = questions.get(key);
      if (known !== undefined) return (await wait(key, known, signal)) as Row[];
      const abort = new AbortController();
      const rows = client.rows<unknown>(query, parameters, { ...limits, signal: abort.signal });
      const question = { atMs: nowMs, maxAgeMs, rows, abort, waiting: 0 };
      questions.set(key, question);
      rows.catch(() => forget(key, question));
      return (await wait(key, question, signal)) as Row[];
    },
  };
}
