/** Sends generated traces over OTLP/HTTP when told the port and how many; says when all are acknowledged. */
import { encodeSpans } from '@spanloom/wire';

import { Random } from '../load/random.ts';
import { makeTrace } from '../load/traces.ts';

const tracesPerRequest = 10;
/** Requests on their way at once. */
const clients = 4;

process.once('message', (job: { readonly port: number; readonly traces: number }) => {
  const random = new Random(1);
  const requests: Uint8Array[] = [];
  let spans = 0;
  for (let made = 0; made < job.traces; made += tracesPerRequest) {
    const traces = Array.from({ length: tracesPerRequest }, (_, i) =>
      // 14 or 27 spans: 20 on average.
      makeTrace(random, { startMs: Date.now(), repeats: 1 + (i % 2) }),
    );
    // Batches of different traces by turns, as services send them.
    const batches = traces
      .flatMap((trace) => trace.batches)
      .toSorted((a, b) => (a[0]?.resource === b[0]?.resource ? 0 : -1));
    spans += traces.reduce((sum, trace) => sum + trace.spans, 0);
    requests.push(encodeSpans(batches.flat()));
  }
  process.send?.({ type: 'ready', spans, bytes: requests.reduce((sum, request) => sum + request.length, 0) });
  process.once('message', () => {
    let next = 0;
    const client = async (): Promise<void> => {
      for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
        const answer = await fetch(`http://127.0.0.1:${job.port}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-protobuf' },
          body: request,
        });
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
      }
    };
    void Promise.all(Array.from({ length: clients }, client)).then(() => process.send?.({ type: 'sent' }));
  });
});
