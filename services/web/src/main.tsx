import '@fontsource-variable/inter/wght.css';
import './theme.css';

import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { queryClient } from './api/query-client.ts';
import { createAppRouter } from './app/router.tsx';
import { startTexts } from './i18n/i18n.ts';

const root = document.querySelector('#app');
if (root === null) throw new Error('The page has no place for the application.');
await startTexts();
const router = createAppRouter(queryClient);
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
