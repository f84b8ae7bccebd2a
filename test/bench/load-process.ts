import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { EdgeCounts } from '../load/ledger.ts';

/** Where a load process sends: a gateway, or a topic as OpenTelemetry collectors write it. */
export type Destination =
  | { readonly kind: 'grpc' | 'http'; readonly port: number }
  | { readonly kind: 'topic'; readonly brokers: readonly string[]; readonly topic: string };

export interface SenderJob {
  readonly seed: number;
  readonly traces: number;
  readonly startMs: number;
  readonly to: Destination;
}

export type FromSender =
  | { readonly type: 'ready'; readonly spans: number; readonly bytes: number; readonly counts: Counts }
  | { readonly type: 'sent' }
  | { readonly type: 'failed'; readonly message: string };

type Counts = Readonly<Record<string, EdgeCounts>>;

/** What is ready to be sent. */
export interface Load {
  readonly spans: number;
  /** Of OTLP; 0 for a topic. */
  readonly bytes: number;
  /** Calls and errors by edge: what must come of it. */
  readonly counts: Counts;
  /** Resolves when all is acknowledged; the process is gone then. */
  send(): Promise<void>;
}

/** Makes the spans in a process of its own. */
export async function prepareLoad(job: SenderJob): Promise<Load> {
  const child = fork(fileURLToPath(new URL('sender.js', import.meta.url)), { execArgv: ['--max-old-space-size=8192'] });
  const gone = once(child, 'exit').then(() => {
    throw new Error('the load process ended');
  });
  // Awaited beside what it says; after the last word nobody listens.
  gone.catch(() => undefined);
  const next = async (): Promise<FromSender> => {
    const [message] = (await Promise.race([once(child, 'message'), gone])) as [FromSender];
    if (message.type === 'failed') throw new Error(message.message);
    return message;
  };
  child.send(job);
  const ready = await next();
  if (ready.type !== 'ready') throw new Error(`the load process said ${ready.type}`);
  return {
    spans: ready.spans,
    bytes: ready.bytes,
    counts: ready.counts,
    async send() {
      try {
        child.send('go');
        await next();
      } finally {
        child.kill();
      }
    },
  };
}
