import { BufferFullError, FencedError } from '../errors.ts';
import type { RedisClient } from './client/client.ts';
import type { Argument } from './client/command.ts';
import type { PartitionKeys } from './keys.ts';
import type { LuaScript } from './lua/script.ts';

/** How long keys outlive their last use, milliseconds. */
export interface Lives {
  readonly metadataMs: number;
  /** Of the index and of traces: longer, so that what the metadata counts is there. */
  readonly dataMs: number;
}

export interface OwnerOptions {
  readonly client: RedisClient;
  readonly keys: PartitionKeys;
  readonly lives: Lives;
  /** A random token. */
  readonly token: string;
  readonly version: number;
}

/** What a script answers to whom it does not take for the owner. */
const reasons: Readonly<Record<string, string>> = {
  wiped: 'was wiped',
  claimed: 'was claimed by another owner',
  moved: 'is not as this owner left it: it was rolled back, or an answer was lost',
  torn: 'lost some of its index',
};

/** The one who may change a partition: each of its scripts names it and its version, and moves the version on. */
export class Owner {
  readonly #options: OwnerOptions;
  readonly #name: string;
  #version: number;
  #lost: string | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: OwnerOptions) {
    this.#options = options;
    this.#version = options.version;
    this.#name = options.keys.metadata;
  }

  /** One after the other: each script must know what version the one before it left. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /**
   * Runs a script of the owner. Rejects with FencedError if it is the owner no longer, with
   * BufferFullError if there is no room, with BufferError if it is not known what was done:
   * from then on it is the owner no longer either.
   */
  async run(script: LuaScript, args: readonly Argument[] = []): Promise<void> {
    const { client, keys, lives, token } = this.#options;
    if (this.#lost !== null) throw new FencedError(this.#lost);
    const own = [token, this.#version, lives.metadataMs, lives.dataMs];
    let answer: string;
    try {
      answer = String(await client.script(script, [keys.metadata, keys.index, keys.traces], [...own, ...args]));
    } catch (error) {
      // Refused before its first line.
      if (!(error instanceof BufferFullError)) this.#lose('is not known to be as this owner left it');
      throw error;
    }
    if (answer !== 'ok') throw this.#lose(reasons[answer] ?? answer);
    this.#version++;
  }

  #lose(reason: string): FencedError {
    this.#lost = `The buffer ${this.#name} ${reason}: claim it again.`;
    return new FencedError(this.#lost);
  }
}
