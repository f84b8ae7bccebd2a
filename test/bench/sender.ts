/**
 * A load process, so that its CPU time is nobody's: makes the requests when told what, sends them when
 * told to, and says when all are acknowledged.
 */
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { encodeSpans } from '@spanloom/wire';

import { sendToTopic } from './otlp-topic.ts';
import type { FromSender, SenderJob } from './load-process.ts';
import { makeWork } from './work.ts';

/** Requests on their way at once. */
const concurrency = 16;

type Send = (request: Uint8Array) => Promise<void>;

function overHttp(port: number): Send {
  return async (body) => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
  };
}

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

async function sendAll(requests: readonly Uint8Array[], send: Send): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) await send(request);
  };
  await Promise.all(Array.from({ length: concurrency }, client));
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
        : sendAll(encoded, to.kind === 'grpc' ? overGrpc(to.port) : overHttp(to.port));
    sent.then(
      () => say({ type: 'sent' }),
      (error: unknown) => say({ type: 'failed', message: String(error) }),
    );
  });
});
