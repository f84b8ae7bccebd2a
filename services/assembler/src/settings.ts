import type { WindowLimits } from '@spanloom/assembly';
import { type Config, UserError, durationText } from '@spanloom/runtime';

/** When traces are finished, from the settings. */
export function limitsOf({ settle, quiet, maxAge, maxTraceSpans, maxTraceBytes }: Config): WindowLimits {
  if (settle > quiet || quiet > maxAge) {
    const are = [settle, quiet, maxAge].map(durationText);
    throw new UserError(`--settle, --quiet and --max-age are ${are[0]}, ${are[1]} and ${are[2]}.`, {
      hint: 'None may be below the one before it.',
      exitCode: 2,
    });
  }
  return { settleMs: settle, quietMs: quiet, maxAgeMs: maxAge, maxSpans: maxTraceSpans, maxBytes: maxTraceBytes };
}
