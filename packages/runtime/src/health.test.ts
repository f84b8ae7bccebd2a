import { Counter } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';

import { type HealthCheck, type HealthServer, createHealthServer } from './health.ts';
import { createRegistry } from './metrics.ts';

const servers: HealthServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function started(checks: () => readonly HealthCheck[]): Promise<string> {
  const registry = createRegistry();
  new Counter({ name: 'spanloom_test_total', help: 'x', registers: [registry] }).inc(3);
  const server = createHealthServer({ host: '127.0.0.1', port: 0, registry, checks });
  servers.push(server);
  return `http://127.0.0.1:${await server.start()}`;
}

describe('health', () => {
  it('is 503 until every check holds, with the reason, and 200 then', async () => {
    let problem: string | null = 'the store does not answer';
    const url = await started(() => [
      { name: 'log', problem: null },
      { name: 'store', problem },
    ]);
    const before = await fetch(`${url}/readyz`);
    expect(before.status).toBe(503);
    expect(await before.json()).toEqual({
      status: 'not ready',
      checks: [
        { name: 'log', problem: null },
        { name: 'store', problem: 'the store does not answer' },
      ],
    });
    problem = null;
    const after = await fetch(`${url}/readyz?verbose`);
    expect(after.status).toBe(200);
    expect(await after.json()).toMatchObject({ status: 'ready' });
  });

  it('is alive whatever the checks say', async () => {
    const url = await started(() => [{ name: 'store', problem: 'gone' }]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  it('is 500 when a check itself fails, and the process goes on', async () => {
    const url = await started(() => {
      throw new Error('no answer');
    });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: 'no answer' });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  it('has metrics of the process and of its parts', async () => {
    const response = await fetch(`${await started(() => [])}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    expect(text).toContain('spanloom_test_total 3');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('says what there is where there is nothing', async () => {
    const response = await fetch(`${await started(() => [])}/health`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('/readyz');
  });
});
