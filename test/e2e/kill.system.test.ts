import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, expect, onTestFailed, test } from 'vitest';

import { countsOf, edges } from '../harness/answers.ts';
import { Pipeline, dataDir, freePorts, spanloom } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';
import { send } from '../load/client.ts';
import { Ledger } from '../load/ledger.ts';
import { Random } from '../load/random.ts';
import { makeTrace } from '../load/traces.ts';

const tracesPerRequest = 25;
/** Requests on their way at once: as many clients. */
const clients = 4;

let pipeline: Pipeline | undefined;
let folder: Awaited<ReturnType<typeof dataDir>> | undefined;

afterEach(async () => {
  await pipeline?.kill();
  await folder?.remove();
});

interface Audit {
  readonly clean: boolean;
  readonly partitions: readonly {
    readonly acknowledged: number;
    readonly stored: number;
    readonly inFlight: number;
    readonly missing: { readonly count: number };
    readonly doubled: { readonly count: number };
  }[];
}

async function audit(path: string): Promise<Audit> {
  const { stdout, stderr } = await spanloom('audit', '--json', '--data-dir', path);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Audit;
}

test.each([
  { partitions: 1, kills: 10, spansInAll: 200_000 },
  { partitions: 4, kills: 4, spansInAll: 60_000 },
])(
  'kill -9 of the whole tree at $kills random moments, $partitions partitions: every acknowledged chunk is stored once',
  async ({ partitions, kills, spansInAll }) => {
    const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000);
    console.log(`TEST_SEED=${seed}`);
    onTestFailed(() => console.log(pipeline?.output));
    const random = new Random(seed);
    const ledger = new Ledger();
    folder = await dataDir();
    const { path } = folder;
    const ports = await freePorts();
    const flags = ['--no-demo', '--settle', '1s', '--quiet', '3s', '--partitions', String(partitions)];
    pipeline = await Pipeline.start(path, ports, flags);

    // Each client sends its next request only after the last was acknowledged, so what is in the
    // ledger at the end is what the log acknowledged; a request repeated makes duplicates.
    const traces = new Random(seed + 1);
    const client = async (): Promise<void> => {
      while (ledger.spans < spansInAll) {
        const made = Array.from({ length: tracesPerRequest }, () =>
          makeTrace(traces, { startMs: Date.now(), repeats: 2 }),
        );
        for (const trace of made) ledger.add(trace.calls, trace.spans);
        await send(
          ports.http,
          made.flatMap((trace) => trace.batches.flat()),
        );
      }
    };
    const sending = Promise.all(Array.from({ length: clients }, client)).then(() => 'sent' as const);

    for (let kill = 1; kill <= kills; kill++) {
      await Promise.race([sending, sleep(random.int(200, 1500))]);
      // Also after everything was sent: then it dies while assembling and storing.
      await pipeline.kill();
      const stopped = await audit(path);
      expect(stopped.partitions.every((p) => p.missing.count === 0 && p.doubled.count === 0)).toBe(true);
      pipeline = await Pipeline.start(path, ports, flags);
    }
    await sending;

    const done = await waitFor(
      async () => {
        const report = await audit(path);
        return report.partitions.every((p) => p.inFlight === 0) ? report : null;
      },
      { withinMs: 60_000, what: 'nothing in flight', everyMs: 500 },
    );
    expect(done.clean).toBe(true);
    expect(done.partitions.reduce((sum, p) => sum + p.stored, 0)).toBeGreaterThan(0);
    expect(countsOf(await edges(pipeline))).toEqual(ledger.counts());
  },
);
