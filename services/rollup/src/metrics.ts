import type { Logger, Registry } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';
import { Counter, Gauge, Histogram } from 'prom-client';
import { problemText } from './definition/problem.ts';
import type { RollupObserver } from './observer.ts';

/** What `/metrics` and the log say of rollups. */
export function createRollupMetrics(registry: Registry, logger: Logger, clock: Clock): RollupObserver {
  const registers = [registry];
  const runs = new Counter({
    name: 'spanloom_rollup_runs_total',
    help: 'Windows that were run, by rollup and how it ended',
    labelNames: ['name', 'status'],
    registers,
  });
  const rows = new Counter({
    name: 'spanloom_rollup_rows_total',
    help: 'Lines that rollups wrote',
    labelNames: ['name'],
    registers,
  });
  const seconds = new Histogram({
    name: 'spanloom_rollup_run_seconds',
    help: 'How long a window took',
    labelNames: ['name'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
    registers,
  });
  const since = new Map<string, number | null>();
  const waiting = new Gauge({
    name: 'spanloom_rollup_oldest_wait_seconds',
    help: 'How long the oldest final window has waited to be rolled up; 0: none waits',
    labelNames: ['name'],
    registers,
    // When asked, and not at each pass: a scheduler that is stuck must be seen to be.
    collect() {
      for (const [name, sinceMs] of since) {
        this.set({ name }, sinceMs === null ? 0 : Math.max(0, clock.now() - sinceMs) / 1000);
      }
    },
  });
  const bad = new Gauge({ name: 'spanloom_rollup_problems', help: 'What is wrong with files of rollups', registers });
  const lastPass = new Gauge({
    name: 'spanloom_rollup_last_pass_seconds',
    help: 'When all that was due was last looked at, Unix seconds',
    registers,
  });
  const watermark = new Gauge({
    name: 'spanloom_rollup_watermark_seconds',
    help: 'Up to when figures are complete, Unix seconds',
    registers,
  });
  const retries = new Counter({
    name: 'spanloom_rollup_retries_total',
    help: 'Passes that ended because the store did not answer',
    registers,
  });
  waiting.reset();
  return {
    ran(run) {
      runs.inc({ name: run.name, status: run.status });
      rows.inc({ name: run.name }, run.rows);
      seconds.observe({ name: run.name }, run.durationMs / 1000);
      if (run.status === 'failed') {
        const window = new Date(run.fromSeconds * 1000).toISOString();
        logger.warn({ rollup: run.name, window, attempt: run.attempt, error: run.error }, 'a rollup failed');
      }
    },
    waiting: (name, sinceMs) => void since.set(name, sinceMs),
    problems(problems) {
      bad.set(problems.length);
      for (const problem of problems) logger.error({ problem: problemText(problem) }, 'a rollup is not run');
    },
    passed(watermarkMs) {
      lastPass.set(clock.now() / 1000);
      if (watermarkMs !== null) watermark.set(watermarkMs / 1000);
    },
    retry(error) {
      retries.inc();
      logger.warn({ error: error.message }, 'rollups wait for the store');
    },
  };
}
