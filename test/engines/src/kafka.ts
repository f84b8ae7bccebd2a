import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type ProcessGroup, startGroup } from './group.ts';
import { freePort } from './ports.ts';
import { accepts, killAt, untilReady } from './ready.ts';

export interface KafkaOptions {
  /** More lines of `server.properties`, over those that are there. */
  readonly properties?: Readonly<Record<string, string>>;
  /** More arguments of `StorageTool format`, for example SCRAM users. */
  readonly format?: readonly string[];
  /** More arguments of the JVM, for example a JAAS file. */
  readonly jvm?: readonly string[];
}

/** A broker of a test's own. Ports and folder stay the same when it is started again. */
export interface KafkaBroker {
  readonly brokers: readonly string[];
  readonly port: number;
  readonly dir: string;
  readonly group: () => ProcessGroup;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** After a kill. */
  start(): Promise<void>;
  /** Kills it and removes its folder. */
  stop(): Promise<void>;
}

/** The folder of Kafka's jars, which `npm run engines` and `npm test` get. */
export function kafkaJars(): string {
  const named = process.env['TEST_KAFKA_JARS'];
  if (named !== undefined) return named;
  const all = fileURLToPath(new URL('../../../.engines', import.meta.url));
  const folder = existsSync(all) ? readdirSync(all).find((name) => /^kafka-[0-9a-f]+$/.test(name)) : undefined;
  if (folder === undefined) throw new Error("Kafka's jars are not there. Get them with: npm run engines");
  return join(all, folder);
}

/** Starts one Kafka node that is broker and controller, on free ports. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaBroker> {
  const classpath = join(kafkaJars(), '*');
  const dir = await mkdtemp(join(tmpdir(), 'spanloom-kafka-'));
  const port = await freePort();
  const controller = await freePort();
  const file = join(dir, 'server.properties');
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(dir, 'data'),
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '8',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '500',
    'auto.create.topics.enable': 'false',
    'log.retention.check.interval.ms': '1000',
    ...options.properties,
  };
  const text = Object.entries(properties).map(
    ([name, value]) => `${name}=${value.replaceAll('{port}', String(port))}\n`,
  );
  await writeFile(file, text.join(''));
  const clusterId = 'spanloomSpanloomTests0';
  const tool = ['-cp', classpath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file];
  const format = await startGroup('java', [...tool, ...(options.format ?? [])]);
  if ((await format.exited) !== 0) throw new Error(`Kafka's storage was not made:\n${format.output()}`);
  await format.kill();

  async function run(): Promise<ProcessGroup> {
    const memory = ['-Xmx512m', '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const started = await startGroup('java', [
      ...memory,
      // It unpacks libraries there, and leaves them when it is killed.
      `-Djava.io.tmpdir=${dir}`,
      ...(options.jvm ?? []),
      '-cp',
      classpath,
      'kafka.Kafka',
      file,
    ]);
    await untilReady('Kafka', started, () => accepts(port));
    return started;
  }

  let group = await run();
  return {
    brokers: [`127.0.0.1:${port}`],
    port,
    dir,
    group: () => group,
    kill: () => killAt(port, group),
    async start() {
      group = await run();
    },
    async stop() {
      await killAt(port, group);
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
