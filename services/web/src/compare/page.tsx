import { createLazyRoute } from '@tanstack/react-router';

import { Windows } from './windows.tsx';

export const compare = createLazyRoute('/compare')({ component: Page });

function Page() {
  return <Windows params={compare.useSearch()} />;
}
