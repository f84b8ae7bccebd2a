import { connect } from '../client/connection.ts';
import type { ConnectionOptions } from '../client/connection.ts';
import { send } from '../client/request.ts';

/** For tests: runs a statement that may write, which reads of a store may not. Rejects with a `StoreError`. */
export async function runStatement(connection: ConnectionOptions, query: string): Promise<void> {
  const client = connect(connection);
  try {
    await send(client, { query, doing: 'testing' });
  } finally {
    await client.close();
  }
}
