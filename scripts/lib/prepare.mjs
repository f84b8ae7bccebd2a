import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';

/** Installs and builds what is missing; ends the process with a clear message where that fails. */
export async function prepare(options) {
  try {
    await ensureInstalled(options);
    ensureBuilt();
  } catch (error) {
    console.error(`spanloom: ${error.message}`);
    process.exit(1);
  }
}
