import { logContract } from '../testing/contract.ts';
import { makeDataDir } from '../testing/embedded.ts';

logContract('The embedded log', async () => {
  const data = await makeDataDir();
  return { log: await data.open(), discard: data.discard };
});
