/**
 * A process that appends until it is killed: `node writer-process.js <dir> <round>`. Prints one
 * line of JSON for each append that was acknowledged, or one that says why it could not begin.
 */
import { writeSync } from 'node:fs';
import { openEmbeddedLog } from '../embedded/log.ts';
import { embeddedLogOptions } from './embedded.ts';

/** One line of its output. */
export type WriterLine =
  | { readonly opened: string }
  | { readonly refused: string }
  | {
      readonly partition: number;
      readonly offset: number;
      readonly first: string;
      readonly count: number;
    };

/** In a value, after the part that identifies the record: so that blocks and the file grow. */
const PADDING = '.'.repeat(2_000);

export const valueOf = (first: string, index: number): string => `${first}+${index}${PADDING}`;

function say(line: WriterLine): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

async function main(dir: string, round: string): Promise<void> {
  const log = await openEmbeddedLog({
    ...embeddedLogOptions(dir),
    command: `writer ${round}`,
    onBackgroundError: (error) => say({ refused: error.message }),
  });
  say({ opened: log.stream.id });
  const producers = Array.from({ length: 6 }, async (_, producer) => {
    for (let n = 0; ; n++) {
      const first = `${round}.${producer}.${n}`;
      const count = 1 + ((n * 7 + producer) % 20);
      const records = Array.from({ length: count }, (__, index) => ({
        key: null,
        value: Buffer.from(valueOf(first, index)),
      }));
      const partition = producer % 2;
      const { offset } = await log.append('spans', partition, records);
      say({ partition, offset, first, count });
    }
  });
  await Promise.all(producers);
}

const [dir, round] = process.argv.slice(2);
if (dir !== undefined && round !== undefined && process.argv[1]?.endsWith('writer-process.js')) {
  await main(dir, round).catch((error: unknown) => say({ refused: String(error) }));
}
