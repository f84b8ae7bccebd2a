import { createLazyRoute } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import { addTexts } from '../i18n/i18n.ts';
import { PageLoading } from '../ui/loading.tsx';
import en from './texts.en.ts';
import zh from './texts.zh.ts';
import { TraceComparison } from './traces.tsx';

addTexts('compare', en, zh);

export const compare = createLazyRoute('/compare')({ component: Page });

const Windows = lazy(async () => ({ default: (await import('./windows.tsx')).Windows }));

/** Two traces where two are named, else two windows. */
function Page() {
  const params = compare.useSearch();
  if (params.a !== undefined || params.b !== undefined) return <TraceComparison />;
  return (
    <Suspense fallback={<PageLoading />}>
      <Windows params={params} />
    </Suspense>
  );
}
