// npm run engines: gets the engines that the tests run against, and says which are there.
import { requireSupported } from './lib/supported.mjs';
import { ensureTestEngines } from './lib/test-engines.mjs';

requireSupported();
const { lines, missing } = ensureTestEngines();
for (const line of lines) console.log(line);
process.exitCode = missing.length === 0 ? 0 : 1;
