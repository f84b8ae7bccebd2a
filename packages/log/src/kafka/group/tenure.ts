import type { Clock } from '@spanloom/span';
import { LeaseLostError } from '../../errors.ts';

/**
 * For how long a member's partitions are surely its own. The coordinator gives them to others when
 * it has not heard of a member for the session timeout. It has heard of it when it answers, and not
 * before it was asked: so what counts is when a heartbeat was sent that has been answered.
 */
export interface Tenure {
  readonly generation: number;
  /** @throws LeaseLostError */
  check(partition: number): void;
  /** Begins with a generation, at the first heartbeat in it that was answered. */
  begin(generation: number, sentAtMs: number): void;
  answered(sentAtMs: number): void;
  /** Members change: at the latest when the coordinator stops waiting for us, others own everything. */
  changing(): void;
  /** Until the next one begins. */
  end(): void;
  /** When it runs out unless something is answered. */
  readonly untilMs: number;
}

export interface TenureTimes {
  readonly clock: Clock;
  readonly sessionMs: number;
  /** How long the coordinator waits for members to join again. */
  readonly rebalanceMs: number;
}

export function createTenure({ clock, sessionMs, rebalanceMs }: TenureTimes): Tenure {
  let generation = -1;
  let answeredMs = Number.NEGATIVE_INFINITY;
  let lastMs = Number.POSITIVE_INFINITY;
  const untilMs = (): number => Math.min(answeredMs + sessionMs, lastMs);
  return {
    get generation() {
      return generation;
    },
    get untilMs() {
      return untilMs();
    },
    check(partition) {
      if (clock.now() >= untilMs()) throw new LeaseLostError(partition);
    },
    begin(next, sentAtMs) {
      generation = next;
      answeredMs = sentAtMs;
      lastMs = Number.POSITIVE_INFINITY;
    },
    answered(sentAtMs) {
      answeredMs = Math.max(answeredMs, sentAtMs);
    },
    changing() {
      // The change began after the last heartbeat that did not tell of it was sent.
      lastMs = Math.min(lastMs, answeredMs + rebalanceMs);
    },
    end() {
      answeredMs = Number.NEGATIVE_INFINITY;
    },
  };
}
