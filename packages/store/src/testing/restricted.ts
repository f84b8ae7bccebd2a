/** The engine of a data folder with a user who may do only what is granted; the engine reads rights at its start. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbedded } from '../embedded/start.ts';
import type { EmbeddedEngine } from '../embedded/start.ts';
import { realClock } from './engine.ts';

export interface Restrictions {
  /** `GRANT SELECT ON spanloom.spans_data`. */
  readonly grants: readonly string[];
  /** Of the user's profile: `<readonly>1</readonly>`. */
  readonly profile?: string;
}

/** What the embedded engine needs to take the data of an insert, which it reads from a file; a server does not. */
const ofEmbedded = ['GRANT READ ON FILE', 'GRANT CREATE TEMPORARY TABLE ON *.*'];

/** Starts it; nothing else may have the folder open. */
export async function startRestricted(
  dataDir: string,
  { grants, profile = '' }: Restrictions,
): Promise<EmbeddedEngine> {
  const queries = [...grants, ...ofEmbedded].map((grant) => `<query>${grant}</query>`).join('');
  const users = `<clickhouse>
<profiles><default>${profile}</default></profiles>
<quotas><default/></quotas>
<users><default>
  <password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
  <grants>${queries}</grants>
</default></users>
</clickhouse>`;
  const usersFile = join(dataDir, 'users.xml');
  await writeFile(usersFile, users);
  // Merged into the engine's own configuration, which stands beside this folder.
  const more = join(dataDir, 'clickhouse.d');
  await mkdir(more, { recursive: true });
  await writeFile(join(more, 'users.xml'), `<clickhouse><users_config>${usersFile}</users_config></clickhouse>`);
  return await startEmbedded({ dataDir, clock: realClock });
}
