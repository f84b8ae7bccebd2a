import { expect, it } from 'vitest';

import { isUpToDate } from './api-types.mjs';

it('knows the answers of the API as query serves them: npm run api-types writes them anew', async () => {
  expect(await isUpToDate()).toBe(true);
});
