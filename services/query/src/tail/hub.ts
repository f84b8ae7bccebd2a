/**
 * The live tail: looks at once for all followers how far the sink has come, and tells each of the
 * traces behind it that its filter meets. What is new is known by position, not by a clock: nothing
 * is told twice, and nothing missed but what is counted as skipped. Who was there before, and says where
 * it was, is told of what came since, of the last day at most.
 */
import type { Stream } from '@spanloom/log';
import type { Clock, TraceId } from '@spanloom/span';
import { newTraces, sinkProgress, traceIdsOf, traceSummaries } from '@spanloom/store';
import type { ReadClient, SinkProgress, TraceSummary } from '@spanloom/store';
import { boundTo } from '../http/bound.ts';
import type { QueryConfig, QueryLogger } from '../options.ts';
import type { TraceFilter } from '../search/ast.ts';
import { prepareSearch, searchOptions } from '../search/search.ts';

/** Who is told of new traces. */
export interface Follower {
  /** The filter as text: followers of the same one are looked for once. */
  readonly query: string;
  readonly filter: TraceFilter;
  /** Where it was when it left: what came since is told first. Null for one that is new. */
  readonly since: readonly SinkProgress[] | null;
  /**
   * `skipped`: traces that were too many to be looked at, or to be told of. `now`: where the sink is,
   * here and below.
   */
  tell(traces: readonly TraceSummary[], skipped: number, now: readonly SinkProgress[]): void;
  /** Called once, when what is written from now on is told. */
  begin(now: readonly SinkProgress[]): void;
  /** Called when nothing was told for a while. */
  keepAlive(now: readonly SinkProgress[]): void;
}

export interface TailHub {
  /** Gives back how to leave, or null where there are too many already. */
  follow(follower: Follower): (() => void) | null;
  /** Gives up what is in flight. */
  stop(): void;
}

export interface TailHubOptions {
  readonly store: ReadClient;
  readonly stream: Stream;
  readonly clock: Clock;
  readonly logger: QueryLogger;
  readonly config: Pick<QueryConfig, 'queryLimits' | 'maxTails'>;
}

const lookEveryMs = 1000;
/** Proxies close a connection that is silent for a minute. */
const keepAliveMs = 15_000;
/** Of each partition and look; a person reads fewer. */
const maxNewTraces = 500;
const maxTold = 100;
/** A trace of which a fragment is new began in this time before and after now. */
const aroundMs = 86_400_000;

export function createTailHub({ store, stream, clock, logger, config }: TailHubOptions): TailHub {
  const followers = new Set<Follower>();
  const toldAtMs = new Map<Follower, number>();
  /** Those that wait for the first position to be known. */
  const waiting = new Set<Follower>();
  let stopping = new AbortController();
  let running = false;

  async function run(signal: AbortSignal): Promise<void> {
    const bound = boundTo(store, signal, config.queryLimits);
    let seen: readonly SinkProgress[] | null = null;
    while (followers.size > 0 && !signal.aborted) {
      try {
        const now = await progressOf(bound);
        const told = [...followers].filter((follower) => !waiting.has(follower));
        if (seen !== null) await tellNew(bound, seen, now, told);
        seen = now;
        for (const follower of waiting) {
          waiting.delete(follower);
          follower.begin(now);
          if (follower.since !== null) await tellNew(bound, follower.since, now, [follower]);
        }
        keepAlive(now);
      } catch (error) {
        // The store comes back, and the positions are still where they were.
        if (!signal.aborted) logger.error({ err: error }, 'the live tail could not look for new traces');
      }
      await clock.sleep(lookEveryMs, signal);
    }
    running = false;
  }

  async function progressOf(bound: ReadClient): Promise<SinkProgress[]> {
    return (await sinkProgress(bound)).filter((each) => each.stream === stream.id);
  }

  async function tellNew(
    bound: ReadClient,
    seen: readonly SinkProgress[],
    now: readonly SinkProgress[],
    told: readonly Follower[],
  ): Promise<void> {
    const traceIds = new Set<TraceId>();
    let skipped = 0;
    for (const { partition, b } of now) {
      const before = seen.find((each) => each.partition === partition);
      const from = before?.b ?? 0;
      if (b <= from) continue;
      const sinceMs = Math.max(before?.appendTimeMs ?? 0, clock.now() - aroundMs);
      const range = { stream: stream.id, partition, from, to: b, sinceMs };
      const found = await newTraces(bound, { ...range, limit: maxNewTraces });
      for (const traceId of found.traceIds) traceIds.add(traceId);
      skipped += found.total - found.traceIds.length;
    }
    if (traceIds.size === 0) return;
    const summaries = new Map((await traceSummaries(bound, [...traceIds])).map((each) => [each.traceId, each]));
    for (const [query, filter] of new Map(told.map((each) => [each.query, each.filter]))) {
      const group = told.filter((follower) => follower.query === query && followers.has(follower));
      const met = (await matching(bound, filter, [...traceIds])).flatMap((traceId) => summaries.get(traceId) ?? []);
      const newest = met.toSorted((a, b) => (a.startNs < b.startNs ? 1 : -1)).slice(0, maxTold);
      for (const follower of group) {
        if (newest.length === 0 && skipped === 0) continue;
        toldAtMs.set(follower, clock.now());
        follower.tell(newest, skipped + met.length - newest.length, now);
      }
    }
  }

  async function matching(bound: ReadClient, filter: TraceFilter, within: readonly TraceId[]): Promise<TraceId[]> {
    const nowNs = BigInt(clock.now()) * 1_000_000n;
    const around = BigInt(aroundMs) * 1_000_000n;
    const search = await prepareSearch(bound, filter, { startNs: nowNs - around, endNs: nowNs + around }, within);
    return await traceIdsOf(bound, { ...search, limit: within.length }, searchOptions);
  }

  function keepAlive(now: readonly SinkProgress[]): void {
    const nowMs = clock.now();
    for (const follower of followers) {
      if (nowMs - (toldAtMs.get(follower) ?? nowMs) < keepAliveMs) continue;
      toldAtMs.set(follower, nowMs);
      follower.keepAlive(now);
    }
  }

  return {
    follow(follower) {
      if (followers.size >= config.maxTails) return null;
      followers.add(follower);
      waiting.add(follower);
      toldAtMs.set(follower, clock.now());
      if (!running) {
        running = true;
        stopping = new AbortController();
        void run(stopping.signal);
      }
      return () => {
        followers.delete(follower);
        waiting.delete(follower);
        toldAtMs.delete(follower);
      };
    },
    stop() {
      followers.clear();
      waiting.clear();
      stopping.abort();
    },
  };
}
