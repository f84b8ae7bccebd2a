import { LogError } from '@spanloom/log';
import { type Config, UserError } from '@spanloom/runtime';
import { StoreError } from '@spanloom/store';

import { version } from '../version.ts';
import { clickhouseStep } from './clickhouse.ts';
import { kafkaAclsStep } from './kafka-acls.ts';
import { redisAclStep } from './redis-acl.ts';
import type { MigrationStep } from './step.ts';
import { topicsStep } from './topics.ts';

/**
 * Makes what the services need and is not there yet, and says so line by line; with `--print` writes
 * the same as a script for an administrator, and asks no server for anything. With `--json` each
 * line is an object; `--new-stream` lets another stream begin after the topics of one were deleted.
 */
export async function migrate(config: Config, flags: ReadonlySet<string>): Promise<number> {
  const topics = topicsStep(config, flags.has('--new-stream'));
  const steps = [topics, kafkaAclsStep(config), redisAclStep(config), clickhouseStep(config)];
  const json = flags.has('--json');
  const write = (text: string): void => void process.stdout.write(`${text}\n`);
  if (flags.has('--print')) {
    write(json ? JSON.stringify(planned(steps)) : scriptOf(steps));
    return 0;
  }
  for (const step of steps) {
    try {
      for await (const line of step.apply()) {
        write(json ? JSON.stringify({ step: step.name, line }) : `${step.name}: ${line}`);
      }
    } catch (error) {
      if (!(error instanceof StoreError) && !(error instanceof LogError)) throw error;
      throw new UserError(`${step.name}: ${error.message}`, {
        hint: 'Mend that and run "spanloom migrate" again: it goes on where it stopped.',
        cause: error,
      });
    }
  }
  return 0;
}

function planned(steps: readonly MigrationStep[]): { step: string; script: string }[] {
  return steps.map((step) => ({ step: step.name, script: step.plan().join('\n') }));
}

/** One script, readable from top to bottom, that stops at the first command that fails. */
export function scriptOf(steps: readonly MigrationStep[]): string {
  return [
    '#!/usr/bin/env bash',
    `# What Spanloom ${version} needs, for whoever runs Kafka, Redis and ClickHouse. Made by "spanloom migrate --print"`,
    '# out of its settings. Every part changes nothing where everything is there; read it, and run what concerns you.',
    'set -euo pipefail',
    ...planned(steps).flatMap(({ step, script }) => [
      '',
      `# ---- ${step} ${'-'.repeat(Math.max(4, 90 - step.length))}`,
      script,
    ]),
  ].join('\n');
}
