/** For vitest: one broker for all test files of a project. */
import type { TestProject } from 'vitest/node';

import { startEngine } from './engine.ts';
import type { SharedKafka } from './provided.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = await startEngine('kafka');
  const shared: SharedKafka = { brokers: [engine.address] };
  project.provide('kafka', shared);
  return engine.stop;
}
