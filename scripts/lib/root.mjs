import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A path in the checkout. */
export function inRoot(...parts) {
  return join(root, ...parts);
}
