import { dockerRuns, startContainer } from './docker.ts';
import { startKafka } from './kafka.ts';
import { startRedis } from './redis.ts';

/** An engine that tests share. */
export interface Engine {
  /** `host:port`. */
  readonly address: string;
  readonly how: 'container' | 'process';
  readonly stop: () => Promise<void>;
}

export type EngineName = 'redis' | 'kafka';

/** Starts an engine: in a container where Docker can really run its image, else as a process of this machine. */
export async function startEngine(name: EngineName): Promise<Engine> {
  if (await dockerRuns(name)) return startContainer(name);
  if (name === 'redis') {
    const { port, stop } = await startRedis();
    return { address: `127.0.0.1:${port}`, how: 'process', stop };
  }
  const { port, stop } = await startKafka();
  return { address: `127.0.0.1:${port}`, how: 'process', stop };
}
