import type { TSchema } from '@sinclair/typebox';
import { maxOffsetsPerLook, type OpenChunk } from '@spanloom/buffer';
import { answer, count, nullable, timeText } from './answers.ts';
import type { Api } from './api.ts';

export const openFiguresAnswer: TSchema = nullable(
  answer(
    {
      traces: count,
      spans: count,
      chunks: count,
      oldestAt: nullable({ ...timeText, description: 'Stream time at the oldest open chunk; null where not known.' }),
    },
    'What waits for the end of its trace; null where the buffer does not say.',
  ),
);

/** As a rule it stands among the first: the others need not be read. */
const stepOffsets = 100;

/**
 * What is open of a partition. Everything below `watermark` is finished, so the oldest open chunk is looked for
 * right above it; when the sink has not stored anything for long, it is further up, and not found.
 */
export async function openFiguresOf(
  { buffer, stream, logger }: Api,
  partition: number,
  watermark: number,
): Promise<object | null> {
  try {
    const figures = await buffer.openFigures(stream.id, partition);
    if (figures === null) return null;
    const { traces, spans, chunks, applied } = figures;
    const end = chunks === 0 ? watermark : Math.min(applied, watermark + maxOffsetsPerLook);
    let oldest: OpenChunk | undefined;
    for (let from = watermark; from < end && oldest === undefined; from += stepOffsets) {
      [oldest] = await buffer.openBetween(stream.id, partition, from, Math.min(end, from + stepOffsets));
    }
    const oldestAt = oldest === undefined ? null : new Date(oldest.streamTimeMs).toISOString();
    return { traces, spans, chunks, oldestAt };
  } catch (error) {
    logger.error({ err: error, partition }, 'what is open of a partition cannot be read');
    return null;
  }
}
