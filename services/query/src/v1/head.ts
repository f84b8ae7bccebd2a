import type { Stream } from '@spanloom/log';
import type { Position, ReadClient } from '@spanloom/store';
import { recentPositions } from '../trace/positions.ts';
import { completeness, type Completeness } from './completeness.ts';
import { rfc3339Seconds, type Window } from './time.ts';

/** How far the figures are complete now. Read it before them: they may hold more than it says, never less. */
export async function readCompleteness(
  bound: ReadClient,
  stream: Stream,
  maxTraceAgeMs: number,
): Promise<Completeness> {
  return completenessOf(await recentPositions(bound), stream, maxTraceAgeMs);
}

/** How far the figures are complete where the sink is at these positions. */
export function completenessOf(stored: readonly Position[], stream: Stream, maxTraceAgeMs: number): Completeness {
  const ofStream = stored.filter((each) => each.stream === stream.id);
  const watermarks = Array.from({ length: stream.partitions }, (_, partition) => ({
    partition,
    streamTimeMs: ofStream.find((each) => each.partition === partition)?.watermark.streamTimeMs ?? null,
  }));
  return completeness(watermarks, maxTraceAgeMs);
}

/** How every answer with figures begins: the window really used, and how far it is complete. */
export function head(window: Window, complete: Completeness): object {
  return {
    from: rfc3339Seconds(window.fromMinute * 60_000),
    to: rfc3339Seconds(window.toMinute * 60_000),
    ...completeHead(complete),
  };
}

export function completeHead({ completeToMs, behind }: Completeness): object {
  return {
    completeTo: completeToMs === null ? null : rfc3339Seconds(completeToMs),
    behind: behind.map(({ partition, streamTimeMs }) => ({
      partition,
      streamTime: streamTimeMs === null ? null : rfc3339Seconds(streamTimeMs),
    })),
  };
}
