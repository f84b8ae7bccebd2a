import { positions, type Position, type ReadClient } from '@spanloom/store';

/**
 * How far each partition is stored, up to a second ago. That is older than what is stored, never newer:
 * who looks through `traces` from there looks at a second more, and what was complete then is complete now.
 */
export async function recentPositions(client: ReadClient): Promise<Position[]> {
  return await positions(client, { maxAgeMs: 1000 });
}
