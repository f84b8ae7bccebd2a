/** A load process: sends at a steady rate, and says of each watched trace when its last span was sent. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Span } from '@spanloom/span';
import { encodeSpans } from '@spanloom/wire';

import { post, sendEach } from '../post.ts';
import { makeWork } from '../work.ts';
import { type FromPaced, type PacedJob, Watch } from './watched.ts';

/** Requests on their way at once. */
const concurrency = 16;

interface Request {
  readonly spans: readonly Span[];
  readonly body: Uint8Array;
  /** Milliseconds after the first at which it is due. */
  readonly dueMs: number;
}

function say(message: FromPaced): void {
  process.send?.(message);
}

function paced(requests: readonly (readonly Span[])[], rate: number | null): Request[] {
  let spans = 0;
  return requests.map((each) => {
    const dueMs = rate === null ? 0 : (spans * 1000) / rate;
    spans += each.length;
    return { spans: each, body: encodeSpans(each), dueMs };
  });
}

process.once('message', ({ seed, traces, startMs, port, rate, watchEvery }: PacedJob) => {
  const { requests, ledger } = makeWork(seed, traces, startMs);
  const watch = new Watch(requests, watchEvery);
  const all = paced(requests, rate);
  say({ type: 'ready', spans: ledger.spans, watched: watch.size });
  process.once('message', () => {
    const startedMs = Date.now();
    const due = async ({ dueMs }: Request): Promise<void> => {
      const waitMs = startedMs + dueMs - Date.now();
      if (waitMs > 0) await sleep(waitMs);
    };
    const send = async ({ spans, body }: Request): Promise<void> => {
      const begunMs = Date.now();
      await post(port, body);
      const done = watch.acknowledged(spans, begunMs);
      if (done.length > 0) say({ type: 'sent', traces: done });
    };
    sendEach(all, concurrency, send, due).then(
      () => say({ type: 'done' }),
      (error: unknown) => say({ type: 'failed', message: String(error) }),
    );
  });
});
