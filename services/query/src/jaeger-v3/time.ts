import { err, ok, type Result } from '@spanloom/span';

const rfc3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Unix nanoseconds of `2026-11-23T01:06:36.123456789Z`. A `+` that a URL made a space is understood. */
export function parseRfc3339(text: string): Result<bigint, string> {
  const quoted = JSON.stringify(text);
  const wrong = `parsing time ${quoted} as "2006-01-02T15:04:05.999999999Z07:00": cannot parse ${quoted} as "2006"`;
  const [, seconds = '', fraction = '', zone = ''] = rfc3339.exec(text.replace(' ', '+')) ?? [];
  const ms = Date.parse(seconds + zone);
  if (Number.isNaN(ms)) return err(wrong);
  return ok(BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0')));
}
