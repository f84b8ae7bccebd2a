/**
 * `npm run bench:scaling`: what a span costs an assembler and a sink as the load changes in one way.
 * `--only open|memory|size|partitions|attributes|assemblers`, `--scale N` (a part of the load), `--svg FOLDER`,
 * `--profile FOLDER` (CPU profiles of the assemblers).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { type Cluster, startCluster } from '../../harness/cluster.ts';
import { topFunctions } from '../profile.ts';
import { type Plot, svgOf } from './plot.ts';
import { type Point, type PointOptions, measurePoint } from './point.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
    svg: { type: 'string' },
    profile: { type: 'string' },
  },
});
const scale = Number(values.scale);

interface Curve {
  readonly xLabel: string;
  readonly xs: readonly number[];
  readonly at: (x: number) => Omit<PointOptions, 'cluster' | 'x' | 'profile'>;
}

const usual = { spansPerTrace: 20, attributesPerSpan: 8, spansPerChunk: 4 };
const one = { partitions: 8, allOpen: false, assemblers: 1, withSink: true };
/** Enough for seconds of work, whatever the traces are like. */
const traces = (spansPerTrace: number): number => Math.ceil((scale * 240_000) / spansPerTrace);

const curves: Readonly<Record<string, Curve>> = {
  open: {
    xLabel: 'open traces, 2 spans each',
    xs: [10_000, 30_000, 100_000, 250_000, 1_000_000],
    at: (x) => ({
      ...one,
      shape: { ...usual, spansPerTrace: 4, spansPerChunk: 2 },
      traces: Math.ceil(x * scale),
      allOpen: true,
      withSink: false,
    }),
  },
  memory: {
    xLabel: 'open spans, of traces of 20 in chunks of 4',
    xs: [125_000, 500_000, 2_000_000],
    at: (x) => ({
      ...one,
      shape: usual,
      traces: Math.ceil((x * scale) / (usual.spansPerTrace - usual.spansPerChunk)),
      allOpen: true,
      withSink: false,
    }),
  },
  size: {
    xLabel: 'spans a trace, at most 100 a chunk',
    xs: [2, 10, 100, 1000, 10_000],
    at: (x) => ({
      ...one,
      shape: { ...usual, spansPerTrace: x, spansPerChunk: Math.min(100, Math.ceil(x / 2)) },
      traces: traces(x),
    }),
  },
  partitions: {
    xLabel: 'partitions',
    xs: [8, 32, 128, 256],
    at: (x) => ({ ...one, shape: usual, traces: traces(usual.spansPerTrace), partitions: x }),
  },
  attributes: {
    xLabel: 'attributes a span',
    xs: [1, 8, 20, 50],
    at: (x) => ({ ...one, shape: { ...usual, attributesPerSpan: x }, traces: traces(usual.spansPerTrace) }),
  },
  assemblers: {
    xLabel: 'assemblers, each on a core',
    xs: [1, 2],
    at: (x) => ({ ...one, shape: usual, traces: traces(usual.spansPerTrace), assemblers: x, withSink: false }),
  },
};

function plotOf(curve: Curve, points: readonly Point[]): Plot {
  const stored = points.filter(({ sinkUsPerSpan }) => sinkUsPerSpan !== null);
  return {
    title: 'CPU per span',
    xLabel: curve.xLabel,
    yLabel: 'µs',
    lines: [
      { name: 'assembler', color: '#1a5fc4', points: points.map(({ x, assemblerUsPerSpan: y }) => ({ x, y })) },
      { name: 'Redis', color: '#a8492b', points: points.map(({ x, redisUsPerSpan: y }) => ({ x, y })) },
      ...(stored.length === 0
        ? []
        : [
            {
              name: 'sink',
              color: '#3f8431',
              points: stored.map(({ x, sinkUsPerSpan }) => ({ x, y: sinkUsPerSpan ?? 0 })),
            },
          ]),
    ],
  };
}

async function run(name: string, curve: Curve, cluster: Cluster): Promise<void> {
  const points: Point[] = [];
  for (const x of curve.xs) {
    const profile = values.profile === undefined ? null : { folder: values.profile, name: `${name}-${x}` };
    const point = await measurePoint({ cluster, x, profile, ...curve.at(x) });
    points.push(point);
    console.log(JSON.stringify({ curve: name, ...point }));
  }
  if (values.svg !== undefined) writeFileSync(join(values.svg, `scaling-${name}.svg`), svgOf(plotOf(curve, points)));
}

for (const folder of [values.svg, values.profile]) if (folder !== undefined) mkdirSync(folder, { recursive: true });
const only = values.only.split(',');
const wanted = Object.entries(curves).filter(([name]) => values.only === '' || only.includes(name));
if (wanted.length === 0) throw new Error(`--only is one of ${Object.keys(curves).join(', ')}`);
for (const [name, curve] of wanted) {
  // One cluster for each curve: what the points of another left behind would be in its memory.
  const cluster = await startCluster({ partitions: 1, redis: ['--maxmemory', '8gb'] });
  try {
    await run(name, curve, cluster);
  } finally {
    await cluster.stop();
  }
}
if (values.profile !== undefined) console.log(`\n${topFunctions(values.profile, 25)}`);
