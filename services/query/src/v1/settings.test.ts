import { expect, it } from 'vitest';
import { loadConfig } from '@spanloom/runtime';
import { queryConfigOf } from '../settings.ts';
import { getAnswer } from '../testing/answers.ts';
import { startQuery } from '../testing/query.ts';
import { settingsAnswer } from './settings.ts';

it('tells the page what it needs of the settings', async () => {
  const loaded = loadConfig({
    argv: ['--link', 'Logs=https://logs.example/?q={trace.id}', '--trace-retention', '36h', '--ports', '+100'],
    env: {},
    readFile: () => '',
    platform: 'linux',
    homeDir: '/home/ada',
  });
  if (!loaded.ok) throw new Error(loaded.error.message);
  const config = { ...queryConfigOf(loaded.value.config), port: 0, grpcPort: 0 };
  const store = { rows: async () => [], bytes: async () => new Uint8Array(0) };
  const running = await startQuery({ store, config });
  expect(await getAnswer(running, 'settings', settingsAnswer)).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    demo: false,
    links: [{ name: 'Logs', url: 'https://logs.example/?q={trace.id}', fields: ['trace.id'] }],
    retention: { traceDays: 1.5, minuteDays: 90, hourDays: 400 },
    intake: { otlpHttpPort: 4418, otlpGrpcPort: 4417 },
    limits: { requestSeconds: 30 },
    closing: { settleSeconds: 6, quietSeconds: 30, maxAgeSeconds: 300 },
  });
  await running.query.stop();
});
