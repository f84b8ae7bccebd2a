import type { Span } from '@spanloom/span';

/** What the load process is to send. */
export interface PacedJob {
  readonly seed: number;
  readonly traces: number;
  /** Unix milliseconds of the spans. */
  readonly startMs: number;
  /** Port of OTLP over HTTP. */
  readonly port: number;
  /** Spans a second; null: as fast as they are taken. */
  readonly rate: number | null;
  /** Of so many traces, one is watched. */
  readonly watchEvery: number;
}

/** A trace of which the last span has been acknowledged. */
export interface WatchedTrace {
  readonly traceId: string;
  readonly spans: number;
  /** Unix milliseconds when the request with its last span was begun. */
  readonly lastSentMs: number;
}

export type FromPaced =
  | { readonly type: 'ready'; readonly spans: number; readonly watched: number }
  | { readonly type: 'sent'; readonly traces: readonly WatchedTrace[] }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string };

/** Of the requests, the spans of each watched trace, and how many requests have some. */
export class Watch {
  readonly #traces = new Map<string, { spans: number; requests: number; lastSentMs: number }>();

  constructor(requests: readonly (readonly Span[])[], every: number) {
    const seen = new Set<string>();
    for (const request of requests) {
      for (const traceId of new Set(request.map((span) => span.traceId))) {
        if (!seen.has(traceId) && seen.add(traceId).size % every === 0) {
          this.#traces.set(traceId, { spans: 0, requests: 0, lastSentMs: 0 });
        }
        const trace = this.#traces.get(traceId);
        if (trace !== undefined) trace.requests++;
      }
      for (const { traceId } of request) {
        const trace = this.#traces.get(traceId);
        if (trace !== undefined) trace.spans++;
      }
    }
  }

  get size(): number {
    return this.#traces.size;
  }

  /** The watched traces of which this request was the last to be acknowledged. */
  acknowledged(request: readonly Span[], begunMs: number): WatchedTrace[] {
    const done: WatchedTrace[] = [];
    for (const traceId of new Set(request.map((span) => span.traceId))) {
      const trace = this.#traces.get(traceId);
      if (trace === undefined) continue;
      trace.lastSentMs = Math.max(trace.lastSentMs, begunMs);
      if (--trace.requests === 0) done.push({ traceId, spans: trace.spans, lastSentMs: trace.lastSentMs });
    }
    return done;
  }
}
