import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { countsOf, edges } from '../harness/answers.ts';
import { audit } from '../harness/audit.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { childrenOf, stillRunning } from '../harness/processes.ts';
import { waitFor } from '../harness/wait.ts';
import { send } from '../load/client.ts';
import { Ledger } from '../load/ledger.ts';
import { Random } from '../load/random.ts';
import { makeTrace } from '../load/traces.ts';

/** Enough to be sending all through the stop. */
const spansInAll = 20_000;
const tracesPerRequest = 10;
const clients = 4;

const limits = ['--settle', '1s', '--quiet', '3s'];

describe('stopping', () => {
  let folder: Awaited<ReturnType<typeof dataDir>>;
  let pipeline: Pipeline;

  beforeEach(async () => {
    folder = await dataDir();
    pipeline = await Pipeline.start(folder.path, await freePorts(), limits);
  });
  afterEach(async () => {
    try {
      await pipeline.kill();
    } finally {
      await folder.remove();
    }
  });

  test('SIGTERM under load: gone within 5 s, nobody left behind, nothing acknowledged is lost', async () => {
    const { ports } = pipeline;
    const random = new Random(Date.now());
    const ledger = new Ledger();
    let acknowledged = 0;
    // A client repeats a request until it is acknowledged, over the restart too: so the ledger is
    // what was acknowledged, and what came twice must count once.
    const client = async (): Promise<void> => {
      while (ledger.spans < spansInAll) {
        const made = Array.from({ length: tracesPerRequest }, () =>
          makeTrace(random, { startMs: Date.now(), repeats: 2 }),
        );
        for (const trace of made) ledger.add(trace.calls, trace.spans);
        await send(
          ports.http,
          made.flatMap((trace) => trace.batches.flat()),
        );
        acknowledged += 1;
      }
    };
    const sending = Promise.all(Array.from({ length: clients }, client));
    await waitFor(async () => (acknowledged >= 20 ? true : null), {
      withinMs: 20_000,
      what: '20 requests acknowledged',
    });

    const children = await childrenOf(pipeline.pid);
    expect(children).toHaveLength(2);
    const stoppedAtMs = performance.now();
    pipeline.signal('SIGTERM');
    expect(await pipeline.exited()).toBe(0);
    const stopMs = performance.now() - stoppedAtMs;
    expect(stopMs).toBeLessThan(5000);
    expect(await stillRunning(children)).toEqual([]);
    expect(ledger.spans).toBeLessThan(spansInAll);

    const startedAtMs = performance.now();
    pipeline = await Pipeline.start(folder.path, ports, ['--no-demo', ...limits]);
    const startMs = performance.now() - startedAtMs;
    console.log(`stopped in ${Math.round(stopMs)} ms, ready again in ${Math.round(startMs)} ms`);
    expect(startMs).toBeLessThan(10_000);

    await sending;
    const report = await waitFor(
      async () => {
        const answer = await audit(folder.path);
        return answer.partitions.every((partition) => partition.inFlight === 0) ? answer : null;
      },
      { withinMs: 30_000, what: 'nothing in flight', everyMs: 500 },
    );
    expect(report.clean).toBe(true);
    expect(countsOf(await edges(pipeline, '&environment=test'))).toEqual(ledger.counts());
  });

  test('a second Ctrl-C leaves at once, whatever hangs', async () => {
    const children = await childrenOf(pipeline.pid);
    const [hanging = 0] = children;
    process.kill(hanging, 'SIGSTOP');
    pipeline.signal('SIGINT');
    await waitFor(async () => ((await answers(pipeline)) ? null : true), {
      withinMs: 5000,
      what: 'the intake to close',
    });
    let gone = false;
    const code = pipeline.exited().finally(() => (gone = true));
    await waitFor(
      async () => {
        pipeline.signal('SIGINT');
        return gone ? true : null;
      },
      // npm repeats a Ctrl-C within 10 ms; only one that comes 250 ms later is a second one.
      { withinMs: 2000, what: 'the end', everyMs: 300 },
    );
    expect(await code).toBe(130);
    process.kill(hanging, 'SIGCONT');
    await waitFor(async () => ((await stillRunning(children)).length === 0 ? true : null), {
      withinMs: 5000,
      what: 'the end of its children',
    });
  });
});

/** Whether the pipeline says that it is ready. */
async function answers(pipeline: Pipeline): Promise<boolean> {
  return fetch(`http://127.0.0.1:${pipeline.ports.health}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );
}
