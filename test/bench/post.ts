/** Sends a request of OTLP protobuf over HTTP; rejects unless the gateway took it. */
export async function post(port: number, body: Uint8Array): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body,
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
}

/** Sends all of them, so many at once, each begun no sooner than `notBefore` resolves for it. */
export async function sendEach<T>(
  requests: readonly T[],
  concurrency: number,
  send: (request: T) => Promise<void>,
  notBefore: (request: T) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      await notBefore(request);
      await send(request);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
}
