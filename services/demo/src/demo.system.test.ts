import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { serviceNames, startDemo } from './index.ts';
import type { Demo } from './index.ts';
import type { SeenSpan } from './testing/otlp-decode.ts';
import { startOtlpReceiver } from './testing/otlp-receiver.ts';
import type { OtlpReceiver } from './testing/otlp-receiver.ts';

const [server, client, producer, consumer] = [2, 3, 4, 5];
/** Enough for every route within one interval of the batch processors. */
const requestsPerSecond = 25;

describe('the demo shop', () => {
  let receiver: OtlpReceiver;
  let dataDir: string;
  let demo: Demo;
  let pid: number;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'spanloom demo-'));
    receiver = await startOtlpReceiver();
    demo = await startDemo({ otlpEndpoint: receiver.endpoint, dataDir, requestsPerSecond });
    pid = await demoPid(dataDir);
  });

  afterAll(async () => {
    await demo.stop();
    receiver.close();
    await rm(dataDir, { recursive: true });
  });

  it('reports from six services, each a resource of its own', async () => {
    const resources = await receiver.waitFor('spans of six services', (spans) => {
      const byService = new Map(spans.map((span) => [span.service, span.resource]));
      return byService.size === serviceNames.length ? byService : undefined;
    });
    expect([...resources.keys()].toSorted()).toEqual([...serviceNames].toSorted());
    expect(demo.services).toEqual([...serviceNames]);
    for (const resource of resources.values()) {
      expect(resource).toMatchObject({ 'service.namespace': 'shop', 'deployment.environment.name': demo.environment });
    }
    const instances = [...resources.values()].map((resource) => resource['service.instance.id']);
    expect(new Set(instances).size).toBe(serviceNames.length);
  });

  it('makes a checkout one whole trace, through the queue and into the databases', async () => {
    // Each service sends by itself, and in several batches: what has a parent may still lack children.
    const trace = await receiver.waitFor('a whole checkout', (spans) =>
      spans
        .filter((span) => span.name === 'process orders' && span.parentSpanId !== '')
        .map(({ traceId }) => spans.filter((span) => span.traceId === traceId))
        .find((own) => own.some((span) => span.parentSpanId === '') && isWhole(own) && reachesAll(own)),
    );
    expect(new Set(trace.map((span) => span.service))).toEqual(new Set(serviceNames));
    expect(trace.filter((span) => span.parentSpanId === '').map((span) => span.name)).toEqual(['POST /api/checkout']);

    const byId = new Map(trace.map((span) => [span.spanId, span]));
    for (const span of trace) {
      const parent = byId.get(span.parentSpanId);
      if (span.kind === consumer) expect(parent).toMatchObject({ kind: producer, service: 'checkout' });
      else if (span.kind === server && parent !== undefined) {
        expect(parent.kind).toBe(client);
        expect(parent.service).not.toBe(span.service);
        expect(parent.attributes['server.address']).toBe(span.service);
      } else if (parent !== undefined) expect(parent.service).toBe(span.service);
    }
    const payment = trace.find((span) => span.service === 'payment' && span.kind === server);
    expect(payment?.attributes).toMatchObject({ 'http.request.method': 'POST', 'http.route': '/charges' });
    expect(databasesOf(trace)).toEqual(expect.arrayContaining(['orders', 'shipping']));
  });

  it('links a batch to the messages in it', async () => {
    await receiver.waitFor('a batch linked to a producer', (spans) => {
      const sent = new Set(spans.filter((span) => span.kind === producer).map((span) => span.spanId));
      return spans.find(
        (span) => span.service === 'cart' && span.kind === consumer && span.links.some((id) => sent.has(id)),
      );
    });
  });

  it('has a slow path, a retry that succeeds, and errors with their exceptions', async () => {
    await receiver.waitFor('a slow query', (spans) =>
      spans.find((span) => span.service === 'shipping' && span.kind === client && span.durationMs > 200),
    );
    await receiver.waitFor('a retry that succeeded', (spans) => {
      const retry = spans.find((span) => span.attributes['http.request.resend_count'] === 1 && !span.failed);
      return spans.find(
        (span) => span.parentSpanId === retry?.parentSpanId && span.attributes['http.response.status_code'] === 503,
      );
    });
    await receiver.waitFor('an exception', (spans) =>
      spans.find((span) => span.failed && span.exceptions > 0 && span.attributes['http.response.status_code'] === 500),
    );
  });

  it('is slowed by demo:break and restored by off', async () => {
    const slow = await demoBreak(['payment', '400ms', '--data-dir', dataDir]);
    expect(slow).toMatchObject({ code: 0, stdout: expect.stringContaining('400 ms longer') as string });
    const slowFrom = Date.now();
    const slowed = await receiver.waitFor('charges begun since', (spans) => chargesSince(spans, slowFrom));
    expect(Math.min(...slowed.map((span) => span.durationMs))).toBeGreaterThan(400);

    const off = await demoBreak(['payment', 'off', '--data-dir', dataDir]);
    expect(off).toMatchObject({ code: 0, stdout: 'payment is itself again.\n' });
    const offFrom = Date.now();
    const restored = await receiver.waitFor('charges begun since', (spans) => chargesSince(spans, offFrom));
    expect(Math.min(...restored.map((span) => span.durationMs))).toBeLessThan(200);
  });

  it('fails when demo:break says so', async () => {
    const broken = await demoBreak(['inventory', '100%', '--data-dir', dataDir]);
    expect(broken.stdout).toContain('100 % of requests fail');
    const from = Date.now();
    const span = await receiver.waitFor('a request to inventory', (spans) =>
      spans.find((each) => each.service === 'inventory' && each.kind === server && each.startMs > from),
    );
    expect(span).toMatchObject({ failed: true, exceptions: 1, attributes: { 'error.type': 'InjectedError' } });
    expect((await demoBreak(['--data-dir', dataDir])).stdout).toContain('inventory: 100 % of requests fail');
    await demoBreak(['inventory', 'off', '--data-dir', dataDir]);
  });

  it('keeps its control to the owner of the data folder', async () => {
    const path = join(dataDir, 'demo.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { port } = JSON.parse(await readFile(path, 'utf8')) as { port: number };
    const body = JSON.stringify({ amount: '400ms' });
    const response = await fetch(`http://127.0.0.1:${port}/faults/payment`, { method: 'PUT', body });
    expect(response.status).toBe(401);
  });

  it('leaves no process, no control file and no span without its parent when it stops', async () => {
    await demo.stop();
    expect(isAlive(pid)).toBe(false);
    const after = await demoBreak(['payment', '400ms', '--data-dir', dataDir]);
    expect(after).toMatchObject({ code: 1, stderr: expect.stringContaining('no demo is running') as string });
    expect(orphans(receiver.spans)).toEqual([]);
  });
});

describe('the process of the demo', () => {
  it('ends with the process that started it, whatever ended that', async () => {
    const dataDir = await temporaryFolder();
    const index = new URL('../dist/index.js', import.meta.url).href;
    const program = `import { startDemo } from ${JSON.stringify(index)};
      await startDemo({ otlpEndpoint: 'http://127.0.0.1:9', dataDir: ${JSON.stringify(dataDir)}, requestsPerSecond: 5 });
      console.log('ready');`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaints = '';
    parent.stderr.on('data', (text) => (complaints += String(text)));
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    const pid = await demoPid(dataDir);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
    // Nothing listens where its spans go: that is no reason to fill a terminal.
    expect(complaints).toBe('');
  });

  it('stops in time while nobody takes its spans', async () => {
    const dataDir = await temporaryFolder();
    const demo = await startDemo({ otlpEndpoint: 'http://127.0.0.1:9', dataDir, requestsPerSecond: 50 });
    const pid = await demoPid(dataDir);
    const from = Date.now();
    await demo.stop();
    expect(Date.now() - from).toBeLessThan(4_000);
    expect(isAlive(pid)).toBe(false);
  });

  it('is started again when it dies', async () => {
    const dataDir = await temporaryFolder();
    const problems: string[] = [];
    const demo = await startDemo({
      otlpEndpoint: 'http://127.0.0.1:9',
      dataDir,
      requestsPerSecond: 5,
      onProblem: (problem) => problems.push(problem),
    });
    onTestFinished(() => demo.stop());
    const first = await demoPid(dataDir);
    process.kill(first, 'SIGKILL');
    await expect.poll(() => demoPid(dataDir), { timeout: 10_000 }).not.toBe(first);
    expect(problems).toEqual([expect.stringContaining('SIGKILL')]);
  });

  it('says why it cannot start', async () => {
    const dataDir = join(await temporaryFolder(), 'a file');
    await writeFile(dataDir, '');
    const starting = startDemo({ otlpEndpoint: 'http://127.0.0.1:9', dataDir, requestsPerSecond: 5 });
    await expect(starting).rejects.toThrow(/the demo did not start: .*a file/);
  });
});

/** At least three requests to payment that began after `sinceMs` and were exported since. */
function chargesSince(spans: readonly SeenSpan[], sinceMs: number): SeenSpan[] | undefined {
  const charges = spans.filter((span) => span.service === 'payment' && span.kind === server && span.startMs > sinceMs);
  return charges.length >= 3 ? charges : undefined;
}

function isWhole(trace: readonly SeenSpan[]): boolean {
  return orphans(trace).length === 0;
}

function reachesAll(trace: readonly SeenSpan[]): boolean {
  const services = new Set(trace.map(({ service }) => service));
  const databases = databasesOf(trace);
  return (
    serviceNames.every((name) => services.has(name)) && ['orders', 'shipping'].every((name) => databases.includes(name))
  );
}

function databasesOf(trace: readonly SeenSpan[]): unknown[] {
  return trace
    .filter(({ attributes }) => attributes['db.system.name'] === 'postgresql')
    .map(({ attributes }) => attributes['db.namespace']);
}

function orphans(spans: readonly SeenSpan[]): string[] {
  const ids = new Set(spans.map((span) => span.spanId));
  return spans
    .filter((span) => span.parentSpanId !== '' && !ids.has(span.parentSpanId))
    .map((span) => `${span.service} ${span.name}`);
}

async function demoPid(dataDir: string): Promise<number> {
  return (JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')) as { pid: number }).pid;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spanloom-demo-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

function demoBreak(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../dist/break.js', import.meta.url)), ...args]);
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => stdout.push(part));
  child.stderr.on('data', (part: Buffer) => stderr.push(part));
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout: stdout.join(''), stderr: stderr.join('') }));
  });
}
