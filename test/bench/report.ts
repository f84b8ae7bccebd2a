import { cpus, totalmem } from 'node:os';

import type { Measurement } from './measure.ts';

/** Of several rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface StageFigures {
  readonly spansPerCpuSecond: number;
  readonly spansPerSecond: number;
  readonly peakRssMb: number;
}

export interface PeerFigures {
  readonly spansPerCpuSecond: number;
}

/** What `--json` writes. */
export interface BenchResult {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGb: number; readonly node: string };
  readonly stages: Readonly<Record<string, StageFigures>>;
  readonly peer?: Readonly<Record<string, PeerFigures>>;
  readonly ledger: 'equal' | 'different';
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, least: at(0), most: at(sorted.length - 1) };
}

export function medianBy<T>(items: readonly T[], figure: (item: T) => number): number {
  return spreadOf(items.map(figure)).median;
}

function byStage<T extends { readonly stage: string }>(measurements: readonly T[]): Map<string, T[]> {
  const stages = new Map<string, T[]>();
  for (const each of measurements) stages.set(each.stage, [...(stages.get(each.stage) ?? []), each]);
  return stages;
}

/** A line for each stage: medians, with the least and the most of the figure that counts. */
export function table(measurements: readonly Measurement[]): string {
  const head = [
    'stage',
    'spans/CPU-s (least–most)',
    'cold',
    'µs/span',
    'spans/s',
    'peak MB',
    'beside, µs/span',
    'calibration s',
  ];
  const rows = [...byStage(measurements)].map(([stage, rounds]) => {
    const { median, least, most } = spreadOf(rounds.map((round) => round.spansPerCpuSecond));
    const beside = Object.keys(rounds[0]?.besideUsPerSpan ?? {}).map(
      (name) => `${name} ${medianBy(rounds, (round) => round.besideUsPerSpan[name] ?? NaN).toFixed(1)}`,
    );
    return [
      stage,
      `${whole(median)} (${whole(least)}–${whole(most)})`,
      whole(medianBy(rounds, (round) => round.coldSpansPerCpuSecond)),
      (1e6 / median).toFixed(2),
      whole(medianBy(rounds, (round) => round.spansPerSecond)),
      whole(medianBy(rounds, (round) => round.peakRssMb)),
      beside.join(', '),
      medianBy(rounds, (round) => round.calibrationSeconds).toFixed(2),
    ];
  });
  return aligned([head, ...rows]);
}

export function resultOf(
  measurements: readonly Measurement[],
  peer: readonly Measurement[],
  ledgerIsEqual: boolean,
): BenchResult {
  const stages: Record<string, StageFigures> = {};
  for (const [stage, rounds] of byStage(measurements)) {
    stages[stage] = {
      spansPerCpuSecond: Math.round(medianBy(rounds, (round) => round.spansPerCpuSecond)),
      spansPerSecond: Math.round(medianBy(rounds, (round) => round.spansPerSecond)),
      peakRssMb: Math.round(medianBy(rounds, (round) => round.peakRssMb)),
    };
  }
  const peers: Record<string, PeerFigures> = {};
  for (const [name, rounds] of byStage(peer)) {
    peers[name] = { spansPerCpuSecond: Math.round(medianBy(rounds, (round) => round.spansPerCpuSecond)) };
  }
  return {
    machine: {
      cpu: cpus()[0]?.model ?? '',
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    stages,
    ...(peer.length > 0 && { peer: peers }),
    ledger: ledgerIsEqual ? 'equal' : 'different',
  };
}

function whole(figure: number): string {
  return Math.round(figure).toLocaleString('en');
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
