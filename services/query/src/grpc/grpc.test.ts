import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import { StoreError, type ReadClient } from '@spanloom/store';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startQuery, type TestQuery } from '../testing/query.ts';

let running: TestQuery | undefined;
let client: Client | undefined;
afterEach(async () => {
  client?.close();
  await running?.query.stop();
});

/** Asks for services; both messages are bytes, and the question has none. */
function ask(answered: (error: ServiceError | null) => void): { cancel(): void } {
  client = new Client(`127.0.0.1:${running?.query.grpcPort}`, credentials.createInsecure());
  const asIs = (bytes: Buffer): Buffer => bytes;
  return client.makeUnaryRequest('/jaeger.api_v2.QueryService/GetServices', asIs, asIs, Buffer.alloc(0), answered);
}

async function refusal(): Promise<ServiceError | null> {
  return await new Promise((resolve) => ask(resolve));
}

function failing(error: Error): ReadClient {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return { rows: fail, bytes: fail };
}

/** Answers nothing until the signal aborts, as a slow query does. */
function hanging(started: () => void, aborted: () => void): ReadClient {
  const hang = async (options?: { signal?: AbortSignal }): Promise<never> =>
    await new Promise((_resolve, reject) => {
      started();
      options?.signal?.addEventListener('abort', () => {
        aborted();
        reject(new StoreError('aborted', 'unavailable'));
      });
    });
  return {
    rows: async (_query, _parameters, options) => await hang(options),
    bytes: async (_query, _format, _parameters, options) => await hang(options),
  };
}

describe('a call whose answer fails', () => {
  it('is UNAVAILABLE where it may work later', async () => {
    running = await startQuery({ store: failing(new StoreError('no', 'unavailable')) });
    expect(await refusal()).toMatchObject({ code: status.UNAVAILABLE });
  });

  it('is INTERNAL where it is our fault, without telling what is inside', async () => {
    running = await startQuery({ store: failing(new StoreError('SELECT secret', 'broken')) });
    const error = await refusal();
    expect(error).toMatchObject({ code: status.INTERNAL });
    expect(String(error)).not.toContain('secret');
    expect(running.failures).toEqual(['a gRPC call failed']);
  });

  it('is DEADLINE_EXCEEDED when it takes too long, and its query is given up', async () => {
    const aborted = vi.fn();
    running = await startQuery({ store: hanging(() => {}, aborted), config: { requestTimeoutMs: 50 } });
    expect(await refusal()).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(aborted).toHaveBeenCalled();
  });

  it('is asked no longer once the caller has gone', async () => {
    const started = vi.fn();
    const aborted = vi.fn();
    running = await startQuery({ store: hanging(started, aborted) });
    const call = ask(() => {});
    await vi.waitFor(() => expect(started).toHaveBeenCalled(), { timeout: 10_000 });
    call.cancel();
    await vi.waitFor(() => expect(aborted).toHaveBeenCalled(), { timeout: 10_000 });
    expect(running.failures).toEqual([]);
  });
});

it('its port is named with its owner when it is taken, and the other is free again', async () => {
  const store = failing(new Error('unused'));
  running = await startQuery({ store });
  const { grpcPort } = running.query;
  await expect(startQuery({ store, config: { grpcPort } })).rejects.toThrow(`Port ${grpcPort} is in use`);
});
