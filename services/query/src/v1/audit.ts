import { Type, type TSchema } from '@sinclair/typebox';
import type { AuditRecord } from '@spanloom/store';
import { answer, count, nullable, timeText } from './answers.ts';

export const auditAnswer: TSchema = nullable(
  answer(
    {
      at: timeText,
      durationSeconds: Type.Number({ minimum: 0 }),
      clean: Type.Boolean({ description: 'Nothing missing, doubled, unknown or expired unread.' }),
      partitions: count,
      acknowledged: count,
      stored: count,
      deadLettered: count,
      inFlight: count,
      missing: count,
      doubled: count,
      unknown: Type.Integer({ minimum: 0, description: 'Stored, though the log holds no such chunk.' }),
      expiredUnread: count,
    },
    'What `spanloom audit` found when it was run last; null where it was not in the last 90 days.',
  ),
);

export function auditAnswerOf(audit: AuditRecord | null): object | null {
  if (audit === null) return null;
  const { stream: _, endedMs, durationMs, ...found } = audit;
  return { at: new Date(endedMs).toISOString(), durationSeconds: durationMs / 1000, ...found };
}
