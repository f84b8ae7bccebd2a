import type { SinkProgress } from '@spanloom/store';

/**
 * The id of an event: how far the sink had come when it was told, `STREAM@PARTITION:B:APPEND_MS,…`. A
 * follower that comes back with it is told of what it missed.
 */
export function eventId(stream: string, progress: readonly SinkProgress[]): string {
  const places = progress.map(({ partition, b, appendTimeMs }) => [partition, b, appendTimeMs].join(':'));
  return `${stream}@${places.join(',')}`;
}

/** Null where it is none, or of another stream: its offsets name other records. */
export function parseEventId(text: string, stream: string): SinkProgress[] | null {
  const at = text.lastIndexOf('@');
  if (at < 0 || text.slice(0, at) !== stream) return null;
  const places = text.slice(at + 1);
  const progress: SinkProgress[] = [];
  for (const place of places === '' ? [] : places.split(',')) {
    const groups = /^(?<partition>\d{1,4}):(?<b>\d{1,15}):(?<ms>\d{1,13})$/.exec(place)?.groups;
    if (groups === undefined) return null;
    const { partition, b, ms } = groups;
    progress.push({ stream, partition: Number(partition), b: Number(b), appendTimeMs: Number(ms) });
  }
  return progress;
}
