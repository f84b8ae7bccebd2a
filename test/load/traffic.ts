import { setTimeout as sleep } from 'node:timers/promises';

import type { Span } from '@spanloom/span';

import { sendOnce } from './client.ts';
import { type Call, Ledger } from './ledger.ts';
import { Random } from './random.ts';
import { type GeneratedTrace, makeTrace } from './traces.ts';

export interface TrafficOptions {
  readonly seed: number;
  readonly spansPerSecond: number;
  /** Where to send: asked for each request, so that a gateway may come and go. */
  readonly ports: () => readonly number[];
  /** Spans that come late come this long after the others; null: nothing is late, twice or missing. */
  readonly lateMs: number | null;
  /** What the pipeline waits for the next part of a trace that looks complete (`--settle`). */
  readonly settleMs: number;
}

/** Steady traffic with late, duplicated, missing and shuffled spans, and what must come of it. */
export interface Traffic {
  readonly ledger: Ledger;
  readonly counts: { requests: number; retries: number; late: number; duplicated: number; missing: number };
  /**
   * Ids of the traces that have no reason to be split: nothing came late or twice, and all was acknowledged within
   * `settleMs` of the first attempt. A client that a busy machine kept from sending may be later than it meant to be.
   */
  readonly punctual: ReadonlySet<string>;
  /** Makes no more traces; resolves when everything that was made is acknowledged. */
  finish(): Promise<void>;
}

/** Parts of a trace reach the gateways within this long of each other. */
const spreadMs = 1500;
/** How long a client waits before it sends again. */
const retryMs = 200;

export function startTraffic({ seed, spansPerSecond, ports, lateMs, settleMs }: TrafficOptions): Traffic {
  const random = new Random(seed);
  const stop = new AbortController();
  const ledger = new Ledger();
  const counts = { requests: 0, retries: 0, late: 0, duplicated: 0, missing: 0 };
  const punctual = new Set<string>();
  const sending = new Set<Promise<unknown>>();

  /** As an SDK does: again and again, wherever somebody listens, until it is acknowledged. */
  async function deliver(spans: readonly Span[], afterMs: number): Promise<{ sentMs: number; acknowledgedMs: number }> {
    await sleep(afterMs);
    const sentMs = performance.now();
    for (let attempt = 0; ; attempt++) {
      const open = ports();
      const port = open[Math.floor(Math.random() * open.length)];
      if (port !== undefined && (await sendOnce(port, spans))) break;
      counts.retries++;
      await sleep(retryMs);
    }
    counts.requests++;
    return { sentMs, acknowledgedMs: performance.now() };
  }

  function keep(sent: Promise<unknown>): void {
    const kept = sent.finally(() => sending.delete(kept));
    sending.add(kept);
  }

  function sendTrace(): number {
    const made = makeTrace(random, { startMs: Date.now(), repeats: 2 });
    const { batches, calls, missing } =
      lateMs !== null && random.chance(0.03) ? withoutPayment(made) : { ...made, missing: 0 };
    counts.missing += missing;
    const parts: ReturnType<typeof deliver>[] = [];
    let disturbed = false;
    for (const batch of batches) {
      // Never the root's: its trace would close as `quiet` instead, a minute later.
      const late = lateMs !== null && batch !== batches[0] && random.chance(0.01);
      const twice = lateMs !== null && random.chance(0.01);
      parts.push(deliver(batch, random.int(0, spreadMs) + (late ? lateMs : 0)));
      if (twice) parts.push(deliver(batch, random.int(0, 3 * spreadMs)));
      if (late) counts.late++;
      if (twice) counts.duplicated++;
      disturbed ||= late || twice;
    }
    const spans = batches.reduce((sum, batch) => sum + batch.length, 0);
    ledger.add(calls, spans);
    keep(
      Promise.all(parts).then((times) => {
        const firstMs = Math.min(...times.map(({ sentMs }) => sentMs));
        const lastMs = Math.max(...times.map(({ acknowledgedMs }) => acknowledgedMs));
        if (!disturbed && lastMs - firstMs < settleMs) punctual.add(made.traceId);
      }),
    );
    return spans;
  }

  async function run(): Promise<void> {
    const startedMs = performance.now();
    let spans = 0;
    while (!stop.signal.aborted) {
      const due = ((performance.now() - startedMs) / 1000) * spansPerSecond;
      while (spans < due) spans += sendTrace();
      await sleep(20);
    }
  }
  const running = run();

  return {
    ledger,
    counts,
    punctual,
    async finish() {
      stop.abort();
      await running;
      while (sending.size > 0) await Promise.all(sending);
    },
  };
}

/** The trace as it looks when the payment service never reported: its callers name a host nobody knows. */
function withoutPayment({ batches, calls }: GeneratedTrace): {
  readonly batches: GeneratedTrace['batches'];
  readonly calls: readonly Call[];
  readonly missing: number;
} {
  const kept = batches.filter((batch) => batch[0]?.resource.attributes.every((a) => !isPayment(a.value)));
  return {
    batches: kept,
    calls: calls.map((call) =>
      call.server === 'payment'
        ? { ...call, server: 'payment.test', kind: 'external', serverNs: null, serverError: false }
        : call,
    ),
    missing: batches.flat().length - kept.flat().length,
  };
}

function isPayment(value: { readonly type: string; readonly value?: unknown }): boolean {
  return value.value === 'payment';
}
