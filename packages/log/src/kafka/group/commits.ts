import { LeaseLostError } from '../../errors.ts';
import { gathering, type Waiting } from '../client/gather.ts';
import type { Tenure } from './tenure.ts';

/** What is to be committed of one partition. */
export interface Commit {
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
  readonly tenure: Tenure;
  /** In which it began. */
  readonly generation: number;
}

/**
 * Commits of several partitions with one request.
 *
 * @param send commits some, all of one generation; rejects where any of them failed
 */
export function createCommits(
  send: (generation: number, commits: readonly Commit[]) => Promise<unknown>,
): (commit: Commit) => Promise<void> {
  return gathering(ofOneGeneration, async (together) => {
    const held = together.filter(mayCommit);
    const [first] = held;
    if (first === undefined) return;
    const { generation } = first.item;
    try {
      await send(
        generation,
        held.map(({ item }) => item),
      );
      for (const { resolve } of held) resolve();
    } catch (error) {
      if (held.length === 1) throw error;
      // It says what is wrong with one of them, and not with which.
      await Promise.all(
        held.map(({ item, resolve, reject }) => send(generation, [item]).then(() => resolve(), reject)),
      );
    }
  });
}

function ofOneGeneration(waiting: readonly Waiting<Commit, void>[]): number {
  const other = waiting.findIndex(({ item }) => item.generation !== waiting[0]?.item.generation);
  return other === -1 ? waiting.length : other;
}

function mayCommit({ item, reject }: Waiting<Commit, void>): boolean {
  const { partition, tenure, generation } = item;
  try {
    tenure.check(partition);
    // A commit that began in one generation must not go out in the next: somebody else may own it there.
    if (tenure.generation !== generation) throw new LeaseLostError(partition);
    return true;
  } catch (error) {
    reject(error);
    return false;
  }
}
