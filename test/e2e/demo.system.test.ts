import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type EdgeAnswer, type JaegerSpan, edges, tagOf } from '../harness/answers.ts';
import { type Ended, Pipeline, dataDir, freePorts, runNode } from '../harness/pipeline.ts';
import { stillRunning } from '../harness/processes.ts';
import { waitFor } from '../harness/wait.ts';

const breakCommand = fileURLToPath(new URL('../../services/demo/dist/break.js', import.meta.url));
const services = ['cart', 'checkout', 'frontend', 'inventory', 'payment', 'shipping'];

/** A trace in `GET /api/v1/traces`. */
interface Summary {
  readonly traceId: string;
  readonly startTime: string;
  readonly complete: boolean;
  readonly fragmentCount: number;
}

describe('the demo, with real SDKs and the settings that people get', () => {
  let folder: Awaited<ReturnType<typeof dataDir>>;
  let pipeline: Pipeline;
  let startedMs: number;

  beforeAll(async () => {
    folder = await dataDir();
    pipeline = await Pipeline.start(folder.path, await freePorts(), []);
    startedMs = Date.now();
  });
  afterAll(async () => {
    await pipeline.stop();
    await folder.remove();
  });

  const demoBreak = (...args: string[]): Promise<Ended> => runNode([breakCommand, ...args, '--data-dir', folder.path]);

  const toPayment = async (): Promise<EdgeAnswer | undefined> =>
    (await edges(pipeline)).edges.find((edge) => edge.client?.name === 'checkout' && edge.server.name === 'payment');

  /** Charges as payment saw them, begun since. */
  async function chargesSince(fromMs: number): Promise<JaegerSpan[]> {
    const query = `service=payment&operation=POST%20/charges&start=${fromMs * 1000}&end=${Date.now() * 1000}&limit=1000`;
    const { data } = (await pipeline.json(`/api/traces?${query}`)) as { data: { spans: JaegerSpan[] }[] };
    return data
      .flatMap((trace) => trace.spans)
      .filter((span) => span.startTime >= fromMs * 1000)
      .filter((span) => span.operationName === 'POST /charges' && tagOf(span, 'span.kind') === 'server');
  }

  test('payment slowed by 400 ms: its edge shows it within 30 s', async () => {
    // The pipeline is ready before its demo is.
    const { stdout } = await waitFor(
      async () => {
        const ended = await demoBreak('payment', '400ms');
        return ended.code === 0 ? ended : null;
      },
      { withinMs: 20_000, what: 'the demo to take a fault' },
    );
    expect(stdout).toContain('payment: every request takes 400 ms longer');
    const brokenMs = Date.now();
    const edge = await waitFor(
      async () => {
        const found = await toPayment();
        return (found?.clientDurationMs?.['p50'] ?? 0) > 400 ? found : null;
      },
      { withinMs: 30_000, what: 'a p50 above 400 ms', everyMs: 250 },
    );
    console.log(`the edge to payment showed it ${Date.now() - brokenMs} ms after demo:break`);
    expect(edge?.serverDurationMs?.['p50']).toBeGreaterThan(400);
  });

  test('six services and every kind of edge within 60 s', async () => {
    const kinds = await waitFor(
      async () => {
        const found = new Set((await edges(pipeline)).edges.map((edge) => edge.kind));
        return found.size === 5 ? found : null;
      },
      { withinMs: 60_000 - (Date.now() - startedMs), what: 'five kinds of edges', everyMs: 250 },
    );
    console.log(`every kind of edge ${Date.now() - startedMs} ms after the start`);
    expect([...kinds].toSorted()).toEqual(['database', 'entry', 'external', 'messaging', 'rpc']);
    const known = (await pipeline.json('/api/v1/services')) as { services: { name: string; environment: string }[] };
    expect(known.services.map((service) => service.name)).toEqual(services);
    expect(new Set(known.services.map((service) => service.environment))).toEqual(new Set(['demo']));
    const { edges: all } = await edges(pipeline);
    expect(all.find((edge) => edge.kind === 'external')).toMatchObject({
      client: { environment: 'demo', namespace: 'shop', name: 'payment' },
      server: { name: 'card-network' },
    });
    expect(all.filter((edge) => edge.kind === 'messaging').map((edge) => edge.server.name)).toContain('shipping');
  });

  test('errors at payment show, and off restores it', async () => {
    expect((await demoBreak('payment', '50%')).stdout).toContain('50 % of requests fail');
    const failingMs = Date.now();
    await waitFor(
      async () => {
        const reasons = (await chargesSince(failingMs)).map((span) => tagOf(span, 'otel.status_description'));
        return reasons.find((reason) => String(reason).includes('failed on purpose'));
      },
      { withinMs: 45_000, what: 'a charge that failed on purpose', everyMs: 500 },
    );
    expect((await toPayment())?.serverErrors).toBeGreaterThanOrEqual(1);

    expect((await demoBreak('payment', 'off')).stdout).toBe('payment is itself again.\n');
    const offMs = Date.now();
    const charges = await waitFor(
      async () => {
        const since = await chargesSince(offMs);
        return since.length > 0 ? since : null;
      },
      { withinMs: 45_000, what: 'a charge since', everyMs: 500 },
    );
    expect(Math.max(...charges.map((span) => span.duration / 1000))).toBeLessThan(400);
    expect((await demoBreak()).stdout).toContain('Nothing is broken now.');
  });

  test('at least 99 % of traces older than 15 s are one whole fragment', async () => {
    const { traces } = (await pipeline.json('/api/v1/traces?limit=1000&environment=demo')) as { traces: Summary[] };
    const old = traces.filter((trace) => Date.parse(trace.startTime) < Date.now() - 15_000);
    const broken = old.filter((trace) => !trace.complete || trace.fragmentCount !== 1);
    console.log(`${old.length - broken.length} of ${old.length} traces are whole and in one fragment`);
    expect(old.length).toBeGreaterThan(30);
    expect(broken.slice(0, Math.floor(broken.length - old.length * 0.01))).toEqual([]);
  });

  test('goes with the pipeline, and demo:break says so', async () => {
    const { pid } = JSON.parse(await readFile(join(folder.path, 'demo.json'), 'utf8')) as { pid: number };
    expect(await stillRunning([pid])).toEqual([pid]);
    expect(await pipeline.stop()).toBe(0);
    expect(await stillRunning([pid])).toEqual([]);
    const { code, stderr } = await demoBreak('payment', '400ms');
    expect(stderr).toContain('no demo is running on this data folder');
    expect(code).toBe(1);
  });
});
