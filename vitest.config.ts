import { type TestProjectConfiguration, defineConfig } from 'vitest/config';

const source = { conditions: ['@spanloom/source', 'node'] };

/** Tests that share one server of this name, started before the first of them. */
function engine(name: 'redis' | 'kafka'): TestProjectConfiguration {
  return {
    extends: true,
    test: {
      name,
      // By themselves: some of them fill a server or measure one.
      sequence: { groupOrder: name === 'redis' ? 1 : 2 },
      include: [`{packages,services,test}/**/*.${name}.test.ts`],
      exclude: ['**/{dist,node_modules}/**'],
      globalSetup: [`test/engines/src/setup-${name}.ts`],
      testTimeout: 120_000,
      hookTimeout: 120_000,
      fileParallelism: false,
    },
  };
}

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    // Of what may run beside each other: most tests wait as much as they compute.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{packages,services,test}/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: ['**/{dist,node_modules}/**', '**/*.{clickhouse,browser,system,redis,kafka,cluster}.test.ts'],
          // Property tests take a second or two here, and several times that on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'clickhouse',
          sequence: { groupOrder: 0 },
          include: ['{packages,services,test}/**/*.clickhouse.test.ts'],
          exclude: ['**/{dist,node_modules}/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      engine('redis'),
      engine('kafka'),
      {
        extends: true,
        test: {
          name: 'system',
          // After the others: these have time limits that users would notice, and need the cores for themselves.
          sequence: { groupOrder: 3 },
          include: ['{packages,services,test}/**/*.system.test.ts'],
          exclude: ['**/{dist,node_modules}/**'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          sequence: { groupOrder: 4 },
          include: ['{packages,services,test}/**/*.cluster.test.ts'],
          exclude: ['**/{dist,node_modules}/**'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          sequence: { groupOrder: 5 },
          include: ['test/**/*.browser.test.ts'],
          // A page on a busy machine.
          expect: { poll: { timeout: 10_000 } },
          exclude: ['**/{dist,node_modules}/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
