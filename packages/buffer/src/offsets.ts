import { maxOffsetsPerLook } from './port.ts';

/** From `from` on and below `to`; throws where these are more than may be looked through at once. */
export function offsetsBetween(from: number, to: number): number[] {
  const first = Math.max(0, from);
  if (to - first > maxOffsetsPerLook) throw new RangeError(`At most ${maxOffsetsPerLook} offsets, not ${to - first}.`);
  return Array.from({ length: Math.max(0, to - first) }, (_, i) => first + i);
}
