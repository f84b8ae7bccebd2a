import type { Clock } from '@spanloom/span';
import type { FoldLimits, RollupStore, TableOptions } from '@spanloom/store';
import type { RollupObserver } from './observer.ts';

export interface RollupConfig {
  /** Folder of users' rollups. */
  readonly folder: string;
  /** How long after its end a window is taken to be final. */
  readonly graceMs: number;
  /** How long the figures by minute are kept. */
  readonly minuteRetentionMs: number;
  /** How many names stay in each window. */
  readonly limits: FoldLimits;
  /** When the assembler closes a trace at the latest. */
  readonly maxTraceAgeMs: number;
  /** How often to look for what is due. */
  readonly intervalMs: number;
  /** A statement is cut off after it. */
  readonly runTimeoutMs: number;
}

export const defaultRollupConfig: Omit<RollupConfig, 'folder'> = {
  graceMs: 600_000,
  minuteRetentionMs: 90 * 86_400_000,
  limits: { maxOperations: 500, maxPeers: 200 },
  maxTraceAgeMs: 300_000,
  intervalMs: 60_000,
  runTimeoutMs: 300_000,
};

export interface RollupOptions {
  readonly store: RollupStore;
  readonly clock: Clock;
  /** Cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  readonly observer: RollupObserver;
  readonly config: RollupConfig;
  /** How target tables are made; default: those of a single node. */
  readonly tables?: Partial<TableOptions>;
}
