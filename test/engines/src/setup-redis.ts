/** For vitest: one Redis for all test files of a project. */
import type { TestProject } from 'vitest/node';

import { startEngine } from './engine.ts';
import type { SharedRedis } from './provided.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = await startEngine('redis');
  const shared: SharedRedis = { url: `redis://${engine.address}` };
  project.provide('redis', shared);
  return engine.stop;
}
