import type { Server } from 'node:net';

import { portOwner } from './port-owner.ts';
import { UserError } from './user-error.ts';

/**
 * Opens the port and resolves with its number (of use where 0 was asked for). Rejects with a
 * {@link UserError} that names the process that has the port, where it can be found.
 */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw await explained(error, host, port);
  }
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : port;
}

async function explained(error: unknown, host: string, port: number): Promise<unknown> {
  switch (error instanceof Error && 'code' in error ? error.code : '') {
    case 'EADDRINUSE': {
      const owner = await portOwner(port);
      const by = owner === null ? 'another process' : `${owner.name} (pid ${owner.pid})`;
      return new UserError(`Port ${port} is in use by ${by}.`, {
        hint: 'Stop it, or move all ports: --ports +10000',
        cause: error,
      });
    }
    case 'EACCES':
      return new UserError(`Port ${port} may not be opened by this user.`, {
        hint: 'Use ports above 1023: --ports +10000',
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UserError(`This machine has no address ${host}.`, {
        hint: 'Set --host to one of its addresses, or 0.0.0.0 for all.',
        cause: error,
      });
    default:
      return error;
  }
}
