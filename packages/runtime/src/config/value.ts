import { type Result, err, ok } from '@spanloom/span';

import { parseLinks } from './links.ts';
import type { OptionSpec } from './table.ts';

/** What a setting can be. */
export type Value = string | number | boolean;

/** Why a text is no value of this setting, and what is accepted. */
export interface ValueError {
  readonly wrong: string;
  readonly accepted: string;
}

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Reads a setting as a user wrote it. Durations become milliseconds, sizes bytes. */
export function parseValue(spec: OptionSpec, text: string): Result<Value, ValueError> {
  switch (spec.type) {
    case 'string':
      return ok(text);
    case 'url':
      return parseUrl(text);
    case 'links':
      return parseLinkLines(text);
    case 'bool':
      return parseBool(text);
    case 'enum':
      return parseEnum(spec.values ?? [], text);
    case 'int':
      return within(spec, /^[+-]?\d+$/.test(text) ? Number(text) : NaN, 'a whole number');
    case 'port':
      return within({ min: 0, max: 65_535 }, /^\d+$/.test(text) ? Number(text) : NaN, 'a port');
    case 'bytes':
      return within(spec, withUnit(text, byteUnits), 'a size like 512MiB or 10GB');
    case 'duration':
      return within(spec, withUnit(text, durationUnits), 'a duration like 500ms, 6s, 5m, 12h or 7d');
  }
}

function parseUrl(text: string): Result<string, ValueError> {
  if (text === '' || (URL.canParse(text) && /^https?:/.test(text))) return ok(text);
  return err({ wrong: 'it is no URL', accepted: 'http:// or https:// and a host' });
}

/** Kept as text, one a line; `parseLinks` reads it again. */
function parseLinkLines(text: string): Result<string, ValueError> {
  const links = parseLinks(text);
  if (links.ok) return ok(text);
  return err({ wrong: links.error, accepted: 'NAME=URL, such as Logs=https://logs.example/?q={trace.id}' });
}

function parseBool(text: string): Result<boolean, ValueError> {
  if (['true', '1', 'yes', 'on'].includes(text)) return ok(true);
  if (['false', '0', 'no', 'off'].includes(text)) return ok(false);
  return err({ wrong: 'it is neither yes nor no', accepted: 'true or false' });
}

function parseEnum(values: readonly string[], text: string): Result<string, ValueError> {
  return values.includes(text) ? ok(text) : err({ wrong: 'it is none of the choices', accepted: values.join(', ') });
}

function withUnit(text: string, units: Readonly<Record<string, number>>): number {
  const parts = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text);
  const unit = units[parts?.[2] ?? '?'];
  return unit === undefined ? NaN : Math.round(Number(parts?.[1]) * unit);
}

function within(
  range: { readonly min?: number; readonly max?: number },
  value: number,
  what: string,
): Result<number, ValueError> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = range;
  const bounds = [
    range.min === undefined || range.min === 1 ? '' : `at least ${min}`,
    range.max === undefined ? '' : `at most ${max}`,
  ].filter((bound) => bound !== '');
  const accepted = [what, ...bounds].join(', ');
  if (Number.isNaN(value)) return err({ wrong: `it is not ${what.split(' like ')[0] ?? what}`, accepted });
  if (value < min) return err({ wrong: `it is below ${min}`, accepted });
  if (value > max) return err({ wrong: `it is above ${max}`, accepted });
  return ok(value);
}
