import { type ProcessGroup, freePort, startGroup } from '@spanloom/engines';

import { cli } from './pipeline.ts';
import { waitFor } from './wait.ts';

export type RoleName = 'gateway' | 'assembler' | 'sink' | 'query' | 'rollup';

export interface WorkerPorts {
  readonly grpc: number;
  readonly http: number;
  readonly query: number;
  readonly health: number;
}

/** A running `spanloom gateway`, `assembler`, …: the real command in a process group of its own. */
export interface Worker {
  readonly role: RoleName;
  readonly ports: WorkerPorts;
  readonly group: ProcessGroup;
  /** Resolves once `/readyz` says so; rejects with its output if it ends before. */
  ready(): Promise<void>;
  /** The value of a metric, summed over its labels. */
  metric(name: string): Promise<number>;
}

/** Starts the command; does not wait until it is ready. `node`: what Node is told before the role. */
export async function startWorker(
  role: RoleName,
  flags: readonly string[],
  node: readonly string[] = [cli],
): Promise<Worker> {
  const [grpc, http, query, health] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const ports = { grpc, http, query, health };
  const own = [
    ['--otlp-grpc-port', grpc],
    ['--otlp-http-port', http],
    ['--query-port', query],
    ['--query-grpc-port', 0],
    ['--health-port', health],
  ].flat();
  const group = await startGroup(process.execPath, [...node, role, ...own.map(String), ...flags]);
  const answer = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${health}${path}`, { signal: AbortSignal.timeout(10_000) });
  return {
    role,
    ports,
    group,
    async ready() {
      const ended = async (): Promise<'ended' | 'ready' | null> => {
        if (!group.running()) return 'ended';
        return (await answer('/readyz')).ok ? 'ready' : null;
      };
      const how = await waitFor(ended, { withinMs: 60_000, what: `the ${role} to be ready` }).catch(
        (error: unknown) => {
          throw new Error(`${String(error)}\n${group.output()}`);
        },
      );
      if (how === 'ended') throw new Error(`the ${role} ended before it was ready:\n${group.output()}`);
    },
    async metric(name) {
      // A connection that was kept may be closed at the very moment when it is used again.
      const text = await waitFor(async () => (await answer('/metrics')).text(), {
        withinMs: 30_000,
        what: `metrics of the ${role}`,
      });
      return text
        .split('\n')
        .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
  };
}
