import type { Clock } from '@spanloom/span';
import type { BufferError } from '../../errors.ts';
import { parseInfo, type RedisMemory } from './info.ts';

/** What an operator asks of the server: is it well, and how full? */
export interface ServerWatch {
  problem(): string | null;
  memory(): RedisMemory | null;
  /** Takes note of what a call was answered. */
  noted(what: string, refusal: BufferError | null): void;
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly where: string;
  readonly clock: Clock;
  readonly info: () => Promise<string>;
  readonly disconnected: () => string | null;
}

/** How often the server is asked. */
const intervalMs = 2000;

/** Above this part of its memory limit a server is about to refuse. */
const nearLimit = 0.9;

/** A refusal counts for so long: owners call every few seconds, so one that lasts is heard again. */
const refusalMs = 10_000;

export function watchServer({ where, clock, info, disconnected }: WatchOptions): ServerWatch {
  const stopped = new AbortController();
  const refusals = new Map<string, { readonly message: string; readonly atMs: number }>();
  let memory: RedisMemory | null = null;
  const loop = look();

  async function look(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        ({ memory } = parseInfo(await info()));
      } catch {
        // Whoever is interested hears of it by another call, or by the connection being gone.
        memory = null;
      }
      await clock.sleep(intervalMs, stopped.signal);
    }
  }

  return {
    problem() {
      const gone = disconnected();
      if (gone !== null) return gone;
      const sinceMs = clock.now() - refusalMs;
      for (const { message, atMs } of refusals.values()) if (atMs > sinceMs) return message;
      return memory === null ? null : fullness(memory, where);
    },
    memory: () => memory,
    noted(what, refusal) {
      if (refusal === null) refusals.delete(what);
      else refusals.set(what, { message: refusal.message, atMs: clock.now() });
    },
    async stop() {
      stopped.abort();
      await loop;
    },
  };
}

function fullness({ usedBytes, maxBytes }: RedisMemory, where: string): string | null {
  if (maxBytes === null || usedBytes < nearLimit * maxBytes) return null;
  const percent = Math.floor((100 * usedBytes) / maxBytes);
  return `Redis at ${where} uses ${percent} % of its memory limit (${usedBytes} of ${maxBytes} bytes).`;
}
