import { expect, it } from 'vitest';
import { eventId, parseEventId } from './position.ts';

const progress = [
  { stream: 's@1', partition: 0, b: 12, appendTimeMs: 1_790_000_000_000 },
  { stream: 's@1', partition: 3, b: 0, appendTimeMs: 0 },
];

it('is read as it was written', () => {
  expect(parseEventId(eventId('s@1', progress), 's@1')).toEqual(progress);
  expect(parseEventId(eventId('s@1', []), 's@1')).toEqual([]);
});

it.each(['', 's@1', 's@2@0:1:2', 's@1@0:1', 's@1@0:1:x', 's@1@0:-1:2', 's@1@0:1:2,', 's@1@99999:1:2'])(
  '%s is none',
  (text) => expect(parseEventId(text, 's@1')).toBeNull(),
);
