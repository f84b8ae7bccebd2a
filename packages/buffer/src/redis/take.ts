import type { BufferState } from '../port.ts';
import type { RedisClient } from './client/client.ts';
import type { PartitionKeys } from './keys.ts';
import { type LoadedIndex, loadIndex, spansOf, tracesOf } from './load.ts';
import { claimScript } from './lua/claim.lua.ts';
import type { Lives } from './owner.ts';

/** A partition just claimed. */
export interface Taken {
  readonly version: number;
  /** What the last owner left, if all of it is there. */
  readonly left: {
    readonly state: BufferState;
    readonly index: LoadedIndex;
    /** How much of it is open, where the metadata does not say so. */
    readonly uncounted: { readonly traces: number; readonly spans: number } | null;
  } | null;
}

export interface TakeOptions {
  readonly client: RedisClient;
  readonly keys: PartitionKeys;
  readonly lives: Lives;
  readonly token: string;
}

type Value = number | Buffer | null;

/** Makes the token the owner's, and counts what is there. */
export async function takePartition({ client, keys, lives, token }: TakeOptions): Promise<Taken> {
  const args = [token, lives.metadataMs, lives.dataMs];
  const answer = (await client.script(claimScript, [keys.metadata, keys.index], args)) as readonly Value[];
  const [version = NaN, applied, reconciled, streamTimeMs, count, sum, traces, spans] = answer.map(toNumber);
  if (applied === undefined || reconciled === undefined || streamTimeMs === undefined) return { version, left: null };
  const index = await loadIndex(client, keys.index);
  const whole = index !== null && index.chunks.length === count && index.sum === sum;
  if (!whole) return { version, left: null };
  const open = { traces: tracesOf(index.chunks), spans: spansOf(index.chunks) };
  const uncounted = open.traces === traces && open.spans === spans ? null : open;
  return { version, left: { state: { applied, reconciled, streamTimeMs }, index, uncounted } };
}

/** Integers come as numbers, what stands in a hash as text, what does not stand there as null. */
function toNumber(value: Value): number | undefined {
  return value === null ? undefined : Number(value.toString());
}
