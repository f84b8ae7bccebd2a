import { fileURLToPath } from 'node:url';

/** The folder of the rollups that come with Spanloom; beside `src` and `dist` alike. */
export const shippedFolder: string = fileURLToPath(new URL('../rollups/', import.meta.url));
