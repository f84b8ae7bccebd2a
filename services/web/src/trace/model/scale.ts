import type { Zoom } from '../params.ts';

/** Moments for the ruler: round ones, at most so many. */
export function ticksOf({ fromMs, toMs }: Zoom, startMs: number, most: number): readonly number[] {
  const length = toMs - fromMs;
  if (!(length > 0)) return [];
  const rough = length / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= rough) ?? 10 * power;
  const first = Math.ceil((fromMs - startMs) / step - 1e-9);
  const last = Math.floor((toMs - startMs) / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => startMs + (first + at) * step);
}

/** Where a moment lies, 0 to 1; outside of that where it is not shown. */
export function placeOf(ms: number, { fromMs, toMs }: Zoom): number {
  return (ms - fromMs) / (toMs - fromMs);
}

/** The shortest that can be looked at: clocks give nanoseconds. */
const leastMs = 0.000_1;

/** Closer (`times` below 1) or further about a moment, within the whole. */
export function zoomAbout(zoom: Zoom, whole: Zoom, atMs: number, times: number): Zoom {
  const length = Math.max(leastMs, (zoom.toMs - zoom.fromMs) * times);
  const fromMs = atMs - placeOf(atMs, zoom) * length;
  return within({ fromMs, toMs: fromMs + length }, whole);
}

export function pan(zoom: Zoom, whole: Zoom, part: number): Zoom {
  const byMs = (zoom.toMs - zoom.fromMs) * part;
  return within({ fromMs: zoom.fromMs + byMs, toMs: zoom.toMs + byMs }, whole);
}

function within({ fromMs, toMs }: Zoom, whole: Zoom): Zoom {
  const length = toMs - fromMs;
  if (length >= whole.toMs - whole.fromMs) return whole;
  const from = Math.min(Math.max(fromMs, whole.fromMs), whole.toMs - length);
  return { fromMs: from, toMs: from + length };
}
