import { completeness, positions } from '@spanloom/store';
import type { ReadClient } from '@spanloom/store';

/**
 * Up to when every span that was acknowledged is in the figures, Unix milliseconds; null where nothing
 * was stored yet. Partitions far behind the others are left out, those of streams that ended among them:
 * what they bring later changes its windows then.
 */
export async function readWatermark(read: ReadClient, maxTraceAgeMs: number): Promise<number | null> {
  const recorded = await positions(read);
  return completeness(
    recorded.map(({ partition, watermark }) => ({ partition, streamTimeMs: watermark.streamTimeMs })),
    maxTraceAgeMs,
  ).completeToMs;
}
