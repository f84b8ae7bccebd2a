import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import type { KafkaConfig } from 'kafkajs';

/** Stands between kafkajs and a broker, and breaks what passes. */
export interface Proxy {
  /** Leads every connection of kafkajs through the proxy. */
  readonly socketFactory: NonNullable<KafkaConfig['socketFactory']>;
  /** `deaf`: the broker gets what is sent, nobody gets its answers. `down`: connections break, and none is taken. */
  set(state: 'up' | 'deaf' | 'down'): void;
  /** Connections that were not taken. */
  refused(): number;
  close(): void;
}

export async function openProxy(broker: string): Promise<Proxy> {
  const [host, port] = broker.split(':');
  let state: 'up' | 'deaf' | 'down' = 'up';
  let refused = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (state === 'down') {
      refused++;
      client.destroy();
      return;
    }
    const upstream = connect({ host: host ?? '', port: Number(port) });
    client.pipe(upstream);
    upstream.on('data', (bytes) => {
      if (state === 'up') client.write(bytes);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = (server.address() as AddressInfo).port;
  const breakAll = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    socketFactory: ({ onConnect }) => connect({ host: '127.0.0.1', port: at }, onConnect),
    set(next) {
      // What an answer was kept from stays without one: its connection is of no more use.
      if (next === 'down' || state === 'deaf') breakAll();
      state = next;
    },
    refused: () => refused,
    close() {
      server.close();
      breakAll();
    },
  };
}
