import { readFile } from 'node:fs/promises';
import { createLogger, createRegistry } from '@spanloom/runtime';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createRollupMetrics } from './metrics.ts';

function rig() {
  const registry = createRegistry();
  const lines: string[] = [];
  const destination = { isTTY: false, write: (text: string) => void lines.push(text) };
  const logger = createLogger({ level: 'info', format: 'json', destination });
  let nowMs = 1_000_000_000;
  const clock = { now: () => nowMs, sleep: async () => undefined };
  const metrics = createRollupMetrics(registry, logger, clock);
  return { registry, lines, metrics, passTime: (ms: number) => void (nowMs += ms) };
}

const run = {
  name: 'nightly',
  fromSeconds: 0,
  toSeconds: 3600,
  attempt: 2,
  rows: 7,
  startedMs: 0,
  durationMs: 120,
  watermarkMs: 0,
  scheduler: 'a',
} as const;

describe('metrics of rollups', () => {
  it('count runs, and log the ones that failed with the reason', async () => {
    const { registry, lines, metrics } = rig();
    metrics.ran({ ...run, status: 'done', error: '' });
    metrics.ran({ ...run, status: 'failed', error: 'no luck' });
    const text = await registry.metrics();
    expect(text).toContain('spanloom_rollup_runs_total{name="nightly",status="failed"} 1');
    expect(text).toContain('spanloom_rollup_rows_total{name="nightly"} 14');
    expect(lines.join('')).toContain('no luck');
  });

  it('let the wait grow while nobody passes', async () => {
    const { registry, metrics, passTime } = rig();
    metrics.waiting('edges-hour', 999_990_000);
    metrics.waiting('edges-day', null);
    passTime(900_000);
    const text = await registry.metrics();
    expect(text).toContain('spanloom_rollup_oldest_wait_seconds{name="edges-hour"} 910');
    expect(text).toContain('spanloom_rollup_oldest_wait_seconds{name="edges-day"} 0');
  });

  it('name what is wrong with files', async () => {
    const { registry, lines, metrics } = rig();
    metrics.problems([{ file: 'a.yaml', line: 3, reason: 'there is no sql' }]);
    metrics.passed(5000);
    expect(await registry.metrics()).toContain('spanloom_rollup_problems 1');
    expect(lines.join('')).toContain('a.yaml:3: there is no sql');
  });

  it('are those that the alerts ask for', async () => {
    const { registry, metrics } = rig();
    metrics.passed(5000);
    const rules = new URL('../../../deploy/prometheus/rollups.yml', import.meta.url);
    const { groups } = parse(await readFile(rules, 'utf8')) as { groups: { rules: { expr: string }[] }[] };
    const asked = groups.flatMap((group) => group.rules).flatMap(({ expr }) => expr.match(/spanloom_\w+/g) ?? []);
    expect(asked).toHaveLength(3);
    const text = await registry.metrics();
    for (const name of asked) expect(text).toContain(`# TYPE ${name} `);
  });
});
