import type { LookupFunction } from 'node:net';
import type { DependencyName, ServiceName } from '../names.ts';

export type HostName = ServiceName | DependencyName;

/** Which port on loopback each host of the shop listens on: its DNS. */
export interface Directory {
  register(host: HostName, port: number): void;
  /** Throws for a host that was never registered: the shop is wired wrongly. */
  portOf(host: HostName): number;
}

export function createDirectory(): Directory {
  const ports = new Map<HostName, number>();
  return {
    register: (host, port) => void ports.set(host, port),
    portOf(host) {
      const port = ports.get(host);
      if (port === undefined) throw new Error(`no host named ${host} in the demo shop`);
      return port;
    },
  };
}

/**
 * Resolves every name to loopback. Clients call `http://payment:41234/` as they would in a
 * container network, so that `server.address` names a service and not an IP address.
 */
export const loopbackLookup: LookupFunction = (_host, options, done) => {
  if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};
