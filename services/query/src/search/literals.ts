import type { Value } from './ast.ts';

/** Nanoseconds. */
const durationUnits: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
};

/** Bytes. */
const sizeUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

export const unitNames: readonly string[] = ['ns', 'us', 'ms', 's', 'm', 'h', 'd', ...Object.keys(sizeUnits)];

/** What a number token says, or null: `500`, `-1.5e3`, `200ms`, `4kB`. A size is its number of bytes. */
export function numberValue(text: string): Value | null {
  const parts = /^(?<digits>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?<unit>\p{L}*)$/u.exec(text)?.groups;
  if (parts === undefined) return null;
  const { digits = '', unit = '' } = parts;
  const number = Number(digits);
  if (!Number.isFinite(number)) return null;
  // -0 is no number of its own here.
  if (unit === '') return { type: 'number', number: number + 0 };
  const size = sizeUnits[unit];
  if (size !== undefined) return { type: 'number', number: number * size + 0 };
  const ns = Math.round(number * (durationUnits[unit] ?? Number.NaN)) + 0;
  return Number.isSafeInteger(ns) ? { type: 'duration', ns } : null;
}

/** The shortest way to write a duration exactly. */
export function durationText(ns: number): string {
  for (const unit of ['d', 'h', 'm', 's', 'ms', 'us'] as const) {
    const size = durationUnits[unit] ?? 1;
    if (ns !== 0 && ns % size === 0) return `${ns / size}${unit}`;
  }
  return `${ns}ns`;
}
