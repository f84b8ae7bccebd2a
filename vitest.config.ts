import { defineConfig } from 'vitest/config';

const source = { conditions: ['@spanloom/source', 'node'] };

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{packages,services,test}/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: ['**/{dist,node_modules}/**', '**/*.{clickhouse,browser,system,redis,kafka}.test.ts'],
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
      {
        extends: true,
        test: {
          name: 'system',
          // After the others: these have time limits that users would notice, and need the cores for themselves.
          sequence: { groupOrder: 1 },
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
          name: 'browser',
          sequence: { groupOrder: 2 },
          include: ['test/**/*.browser.test.ts'],
          exclude: ['**/{dist,node_modules}/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
