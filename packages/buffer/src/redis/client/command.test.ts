import fc from 'fast-check';
import { Command } from 'ioredis';
import { expect, test } from 'vitest';
import { WrittenCommand } from './command.ts';

const argument = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.constant(Number.MAX_SAFE_INTEGER),
  fc.uint8Array({ maxLength: 1200 }).map((bytes) => Buffer.from(bytes)),
);

test('what it writes is what the client would write', () => {
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 120 }), (args) => {
      // With a buffer among them the client writes buffers, too.
      const all = [...args, Buffer.of(0)];
      const theirs = new Command('evalsha', all).toWritable({});
      expect(new WrittenCommand('evalsha', all).toWritable()).toEqual(theirs);
    }),
  );
});
