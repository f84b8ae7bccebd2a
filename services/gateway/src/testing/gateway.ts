import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLog } from '@spanloom/log';
import type { Log } from '@spanloom/log';
import { embeddedLogOptions } from '@spanloom/log/testing';
import { createRegistry, systemClock } from '@spanloom/runtime';
import type { Registry } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';
import { decodeSpansRecord } from '@spanloom/wire';
import { createGateway } from '../gateway.ts';
import type { Gateway, GatewayConfig } from '../gateway.ts';

export interface TestGateway {
  readonly gateway: Gateway;
  readonly url: string;
  readonly grpcPort: number;
  /** The sum of all series of a metric, as Prometheus would read it. */
  metric(name: string): Promise<number>;
  /** Spans in the log, by the indexes of its chunks. */
  storedSpans(): Promise<number>;
  stop(): Promise<void>;
}

export interface TestGatewayOptions extends Partial<Omit<GatewayConfig, 'host'>> {
  /** Stands between the gateway and its embedded log. */
  readonly append?: (log: Log) => Log['append'];
  readonly refuseBecause?: () => string | null;
  readonly clock?: Clock;
}

const silentLogger = { error: (): void => undefined };

/** A gateway on free ports over an embedded log of two partitions in a folder of its own. */
export async function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const { append, refuseBecause, clock = systemClock, ...config } = options;
  const folder = await mkdtemp(join(tmpdir(), 'spanloom gateway '));
  const log = await openEmbeddedLog(embeddedLogOptions(join(folder, 'data')));
  const discard = async (): Promise<void> => {
    await log.close();
    await rm(folder, { recursive: true });
  };
  try {
    const registry = createRegistry();
    const gateway = createGateway({
      log: { stream: log.stream, append: append?.(log) ?? ((...args) => log.append(...args)) },
      config: {
        host: '127.0.0.1',
        httpPort: 0,
        grpcPort: 0,
        maxRequestBytes: 4_000_000,
        maxInflightBytes: 64_000_000,
        ...config,
      },
      registry,
      logger: silentLogger,
      clock,
      ...(refuseBecause === undefined ? {} : { refuseBecause }),
    });
    const { httpPort, grpcPort } = await gateway.start();
    return {
      gateway,
      url: `http://127.0.0.1:${httpPort}`,
      grpcPort,
      metric: (name) => sumOf(registry, name),
      storedSpans: () => storedSpans(log),
      async stop() {
        await gateway.stop();
        await discard();
      },
    };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function sumOf(registry: Registry, name: string): Promise<number> {
  const metric = await registry.getSingleMetric(name)?.get();
  if (metric === undefined) throw new Error(`There is no metric ${name}.`);
  return metric.values.reduce((sum, { value }) => sum + value, 0);
}

async function storedSpans(log: Log): Promise<number> {
  let spans = 0;
  for (let partition = 0; partition < log.stream.partitions; partition++) {
    const { low, high } = await log.bounds('spans', partition);
    for (let offset = low; offset < high;) {
      const records = await log.read('spans', partition, offset);
      for (const { value } of records) {
        const record = decodeSpansRecord(value ?? Buffer.alloc(0));
        if (!record.ok) throw new Error(record.error.message);
        spans += record.value.index.marks.length;
      }
      offset += records.length;
    }
  }
  return spans;
}
