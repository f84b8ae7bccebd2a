/**
 * A load process that sends at a pace and says when the last span of every so many traces was acknowledged.
 * Its CPU is not the pipeline's, but it is on the same machine.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { encodeSpans } from '@spanloom/wire';

import { makeWork } from '../work.ts';

export interface PaceJob {
  readonly seed: number;
  readonly spansPerSecond: number;
  readonly seconds: number;
  readonly port: number;
  /** One of so many traces is watched. */
  readonly everyTrace: number;
}

export type FromPace =
  | { readonly type: 'acknowledged'; readonly traceId: string; readonly atMs: number }
  | { readonly type: 'sent'; readonly spans: number; readonly seconds: number };

const meanSpansPerTrace = 20.5;
const maxOutstanding = 32;

interface Prepared {
  readonly body: Uint8Array;
  readonly spans: number;
  readonly traceIds: readonly string[];
}

function say(message: FromPace): void {
  process.send?.(message);
}

async function post(port: number, body: Uint8Array): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
    }).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    // As an SDK does: what is refused for now, or cut off, is sent again.
    if (answer !== null && ![429, 503].includes(answer.status))
      throw new Error(`the gateway answered ${answer.status}`);
    await sleep(200);
  }
}

async function run(job: PaceJob): Promise<void> {
  const traces = Math.ceil((job.spansPerSecond * job.seconds) / meanSpansPerTrace);
  const { requests } = makeWork(job.seed, traces, Date.now());
  const left = new Map<string, number>();
  const watched = new Set<string>();
  const prepared = requests.map((spans): Prepared => {
    const traceIds = [...new Set(spans.map(({ traceId }) => traceId))];
    for (const traceId of traceIds) {
      if (!left.has(traceId) && left.size % job.everyTrace === 0) watched.add(traceId);
      left.set(traceId, (left.get(traceId) ?? 0) + 1);
    }
    return { body: encodeSpans(spans), spans: spans.length, traceIds };
  });
  const startMs = Date.now();
  let sentSpans = 0;
  const outstanding = new Set<Promise<void>>();
  for (const { body, spans, traceIds } of prepared) {
    const dueMs = startMs + (sentSpans * 1000) / job.spansPerSecond;
    if (dueMs > Date.now()) await sleep(dueMs - Date.now());
    while (outstanding.size >= maxOutstanding) await Promise.race(outstanding);
    sentSpans += spans;
    const sent = post(job.port, body).then(() => {
      outstanding.delete(sent);
      const atMs = Date.now();
      for (const traceId of traceIds) {
        const rest = (left.get(traceId) ?? 0) - 1;
        left.set(traceId, rest);
        if (rest === 0 && watched.has(traceId)) say({ type: 'acknowledged', traceId, atMs });
      }
    });
    outstanding.add(sent);
  }
  await Promise.all(outstanding);
  say({ type: 'sent', spans: sentSpans, seconds: (Date.now() - startMs) / 1000 });
}

process.once('message', (job: PaceJob) => {
  run(job).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
