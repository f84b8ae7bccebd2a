import { describe, expect, it } from 'vitest';

import { type StartScreen, startScreen } from './start-screen.ts';

const usual: StartScreen = {
  version: '0.1.0',
  nodeVersion: 'v20.20.3',
  platform: 'linux-x64',
  store: 'ClickHouse 26.7 (embedded)',
  storeReadyMs: 612,
  dataDir: '/home/ada/.local/share/spanloom',
  homeDir: '/home/ada',
  logRetentionMs: 7 * 86_400_000,
  logRetentionBytes: 10e9,
  host: '127.0.0.1',
  otlpGrpcPort: 4317,
  otlpHttpPort: 4318,
  queryPort: 16_686,
  queryPath: '',
  demo: { services: 6, environment: 'demo' },
};

describe('the start screen', () => {
  it('says what runs and what to do', () => {
    expect(startScreen(usual)).toBe(`
  Spanloom 0.1.0 · Node 20.20 · linux-x64
  store    ClickHouse 26.7 (embedded)      ready 0.6 s
  log      ~/.local/share/spanloom         keeps 7 d or 10 GB
  intake   4317 gRPC · 4318 HTTP
  demo     6 services, environment "demo"  (--no-demo)

  Open   http://localhost:16686
  Send   export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318
  Break  npm run demo:break -- payment 400ms
  Stop   Ctrl-C
`);
  });

  it('is without the demo where there is none', () => {
    const text = startScreen({ ...usual, demo: null });
    expect(text).toContain('demo     off');
    expect(text).not.toContain('demo:break');
  });

  it.each([
    ['0.0.0.0', 'http://localhost:16686'],
    ['::', 'http://localhost:16686'],
    ['192.0.2.7', 'http://192.0.2.7:16686'],
    ['2001:db8::1', 'http://[2001:db8::1]:16686'],
  ])('with host %s opens %s', (host, url) => {
    expect(startScreen({ ...usual, host })).toContain(`Open   ${url}\n`);
  });

  it('fits 80×24 with a long path and shifted ports', () => {
    const lines = startScreen({
      ...usual,
      store: 'ClickHouse 26.7 at https://clickhouse.internal',
      dataDir: `/mnt/${'very-long/'.repeat(12)}spanloom`,
      otlpGrpcPort: 14_317,
      otlpHttpPort: 14_318,
      queryPort: 26_686,
    }).split('\n');
    // The status line comes below.
    expect(lines.length).toBeLessThanOrEqual(23);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.find((line) => line.startsWith('  log'))).toMatch(/…\S+\/spanloom {2}keeps 7 d or 10 GB$/);
  });
});
