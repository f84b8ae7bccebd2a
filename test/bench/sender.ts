/**
 * A load process, so that its CPU time is nobody's: makes the requests when told what, sends them when
 * told to, and says when all are acknowledged.
 */
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { encodeSpans } from '@spanloom/wire';

import { sendToTopic } from './otlp-topic.ts';
import type { FromSender, SenderJob } from './load-process.ts';
import { post, sendEach } from './post.ts';
import { makeWork } from './work.ts';

/** Requests on their way at once. */
const concurrency = 16;

type Send = (request: Uint8Array) => Promise<void>;

function overGrpc(port: number): Send {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const asIs = (bytes: Buffer): Buffer => bytes;
  return (request) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, asIs, asIs, Buffer.from(request), new Metadata(), (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
}

function say(message: FromSender): void {
  process.send?.(message);
}

process.once('message', ({ seed, traces, startMs, to }: SenderJob) => {
  const { requests, ledger } = makeWork(seed, traces, startMs);
  const encoded = to.kind === 'topic' ? [] : requests.map((spans) => encodeSpans(spans));
  const bytes = encoded.reduce((sum, request) => sum + request.length, 0);
  say({ type: 'ready', spans: ledger.spans, bytes, counts: ledger.counts() });
  process.once('message', () => {
    const sent =
      to.kind === 'topic'
        ? sendToTopic(to, requests)
        : sendEach(encoded, concurrency, to.kind === 'grpc' ? overGrpc(to.port) : (body) => post(to.port, body));
    sent.then(
      () => say({ type: 'sent' }),
      (error: unknown) => say({ type: 'failed', message: String(error) }),
    );
  });
});
