// npm run build: compiles what changed, and bundles the page.
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireSupported } from './lib/supported.mjs';

requireSupported();
try {
  await ensureInstalled();
  ensureBuilt();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
