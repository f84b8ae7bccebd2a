import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { KafkaContainer } from '@testcontainers/kafka';
import { GenericContainer, Wait } from 'testcontainers';

import type { Engine, EngineName } from './engine.ts';

const images: Readonly<Record<EngineName, string>> = { redis: 'redis:7', kafka: 'confluentinc/cp-kafka:7.9.0' };

/** Pulling an image on a slow line. */
const pullMs = 180_000;

/** Whether Docker can start a container of the engine's image: a socket, or an answering daemon, proves nothing. */
export async function dockerRuns(name: EngineName): Promise<boolean> {
  const docker = (args: readonly string[], timeout: number): Promise<unknown> =>
    promisify(execFile)('docker', args, { timeout });
  try {
    await docker(['info'], 5000);
    await docker(['run', '--rm', '--entrypoint', 'true', images[name]], pullMs);
    return true;
  } catch {
    return false;
  }
}

export async function startContainer(name: EngineName): Promise<Engine> {
  if (name === 'redis') {
    const container = await new GenericContainer(images.redis)
      .withExposedPorts(6379)
      .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
      .start();
    return {
      address: `${container.getHost()}:${container.getMappedPort(6379)}`,
      how: 'container',
      stop: async () => void (await container.stop()),
    };
  }
  const port = 9093;
  const container = await new KafkaContainer(images.kafka).withKraft().withExposedPorts(port).start();
  return {
    address: `${container.getHost()}:${container.getMappedPort(port)}`,
    how: 'container',
    stop: async () => void (await container.stop()),
  };
}
