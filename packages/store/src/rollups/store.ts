import type { ClickHouseClient } from '@clickhouse/client';
import type { ReadClient } from '../client/read-client.ts';
import { rollWindows } from '../levels/roll.ts';
import type { Roll, Rolled } from '../levels/roll.ts';
import type { FiguresName, Level } from '../levels/shape.ts';
import { sealWindows } from '../levels/state.ts';
import type { WindowState } from '../levels/state.ts';
import { singleNode } from '../tables/options.ts';
import type { TableOptions } from '../tables/options.ts';
import { claimWindow } from './claims.ts';
import type { ClaimRequest } from './claims.ts';
import { saveResult } from './results.ts';
import { recordRuns } from './runs.ts';
import type { RollupRun } from './runs.ts';
import { describeSql, selectSql } from './sql.ts';
import type { ResultColumn, SqlLimits, SqlWindow } from './sql.ts';
import { makeTarget, runIntoTarget, targetDifference } from './targets.ts';
import type { TargetTable } from './targets.ts';
import type { RollupWindow } from './window.ts';

/** What the rollup service asks of ClickHouse. Everything rejects with a `StoreError`. */
export interface RollupStore {
  readonly read: ReadClient;
  /** See {@link rollWindows}. */
  roll(roll: Roll, maxExecutionSeconds: number): Promise<Rolled[]>;
  /** Notes that no span can change these windows any more. */
  seal(name: FiguresName, level: Level, windows: readonly Pick<WindowState, 'atSeconds' | 'changes'>[]): Promise<void>;
  /** See {@link claimWindow}. */
  claim(request: ClaimRequest): Promise<number | null>;
  recordRuns(runs: readonly RollupRun[]): Promise<void>;
  /** The columns that a query gives, without running it. */
  describe(sql: string): Promise<ResultColumn[]>;
  select(sql: string, window: SqlWindow, limits: SqlLimits): Promise<Record<string, unknown>[]>;
  saveResult(window: RollupWindow, version: number, lines: readonly Record<string, unknown>[]): Promise<void>;
  /** How the table differs from what the SQL gives; null where it fits or is not there yet. */
  targetDifference(target: TargetTable): Promise<string | null>;
  makeTarget(target: TargetTable, options?: Partial<TableOptions>): Promise<void>;
  /** Resolves with the lines written. */
  runIntoTarget(run: Parameters<typeof runIntoTarget>[2]): Promise<number>;
}

export function rollupStore(client: ClickHouseClient, read: ReadClient): RollupStore {
  return {
    read,
    roll: (roll, maxExecutionSeconds) => rollWindows(client, read, roll, maxExecutionSeconds),
    seal: (name, level, windows) => sealWindows(client, name, level, windows),
    claim: (request) => claimWindow(client, read, request),
    recordRuns: (runs) => recordRuns(client, runs),
    describe: (sql) => describeSql(client, sql),
    select: (sql, window, limits) => selectSql(client, sql, window, limits),
    saveResult: (window, version, lines) => saveResult(client, window, version, lines),
    targetDifference: (target) => targetDifference(read, target),
    makeTarget: (target, options) => makeTarget(client, target, { ...singleNode, ...options }),
    runIntoTarget: (run) => runIntoTarget(client, read, run),
  };
}
