import { isCutBetween, type PartitionCut } from '@spanloom/log';
import type { Watermark } from '@spanloom/wire';

/** A tick this often while a trace is open: deadlines are then met within a second. */
const openTickMs = 1000;
/** And this often while none is: it only moves `completeTo`. */
const idleTickMs = 10_000;

/** Decides when an idle partition needs a tick in `spans`, and when `traces` needs a heartbeat. */
export class Heartbeat {
  readonly #of: PartitionCut;
  #lastSpansMs: number;
  #lastTraceMs: number;
  #cutPending = true;
  #watermarkMs = 0;

  constructor(of: PartitionCut, nowMs: number) {
    this.#of = of;
    this.#lastSpansMs = nowMs;
    this.#lastTraceMs = nowMs;
  }

  /** A record of `spans` was seen or appended. */
  sawSpans(nowMs: number): void {
    this.#lastSpansMs = nowMs;
  }

  /** Traces were appended: the sink can cut behind them once a record lies in another interval. */
  wroteTraces(appendTimeMs: number, watermark: Watermark): void {
    this.#lastTraceMs = appendTimeMs;
    this.#cutPending = true;
    this.#watermarkMs = watermark.streamTimeMs;
  }

  wroteHeartbeat(appendTimeMs: number, watermark: Watermark): void {
    if (this.#isCut(appendTimeMs)) this.#cutPending = false;
    this.#watermarkMs = watermark.streamTimeMs;
  }

  tickDue(nowMs: number, openTraces: number): boolean {
    return nowMs - this.#lastSpansMs >= (openTraces > 0 ? openTickMs : idleTickMs);
  }

  heartbeatDue(nowMs: number, watermark: Watermark): boolean {
    const cutDue = this.#cutPending && this.#isCut(nowMs);
    return cutDue || watermark.streamTimeMs - this.#watermarkMs >= this.#of.cut.intervalMs;
  }

  /** Whether a record appended then would cut behind the last traces. */
  #isCut(appendTimeMs: number): boolean {
    return isCutBetween(this.#of, this.#lastTraceMs, appendTimeMs);
  }
}
