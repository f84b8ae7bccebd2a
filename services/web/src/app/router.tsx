import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, retainSearchParams } from '@tanstack/react-router';

import { basePath } from '../base.ts';
import { compareParams } from '../compare/params.ts';
import { edgeParams } from '../edge/params.ts';
import { isLanguage } from '../i18n/i18n.ts';
import { mapParams } from '../map/params.ts';
import { operationParams, operationsParams } from '../operation/params.ts';
import { pipelineParams } from '../pipeline/params.ts';
import { rollupsParams } from '../rollups/params.ts';
import { landingParams, searchParams } from '../search/params.ts';
import { traceParams } from '../trace/params.ts';
import { NotFound } from './not-found.tsx';
import { PageFailed } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { parseSearch, stringifySearch, oneOf, defined, textOf } from './search-params.ts';
import { Shell } from './shell.tsx';
import { themes, type Theme } from './theme.ts';
import type { Language } from '../i18n/i18n.ts';

/** What a link takes along from page to page: how it looks is a part of what was copied. */
interface LookParams {
  readonly lang?: Language;
  readonly theme?: Theme;
}

const root = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (raw: Record<string, unknown>): LookParams => {
    const lang = textOf(raw, 'lang');
    return defined<LookParams>({ lang: isLanguage(lang) ? lang : undefined, theme: oneOf(raw, 'theme', themes) });
  },
  search: { middlewares: [retainSearchParams(['lang', 'theme'])] },
});

const parent = () => root;

/** Paths and their parameters; each page comes with its own chunk. */
const routes = [
  createRoute({ getParentRoute: parent, path: '/', validateSearch: landingParams }).lazy(
    async () => (await import('../search/page.tsx')).landing,
  ),
  createRoute({ getParentRoute: parent, path: '/search', validateSearch: searchParams }).lazy(
    async () => (await import('../search/page.tsx')).search,
  ),
  createRoute({ getParentRoute: parent, path: '/trace/$traceId', validateSearch: traceParams }).lazy(
    async () => (await import('../trace/page.tsx')).trace,
  ),
  createRoute({ getParentRoute: parent, path: '/compare', validateSearch: compareParams }).lazy(
    async () => (await import('../compare/page.tsx')).compare,
  ),
  createRoute({ getParentRoute: parent, path: '/map', validateSearch: mapParams }).lazy(
    async () => (await import('../map/page.tsx')).map,
  ),
  createRoute({ getParentRoute: parent, path: '/edge', validateSearch: edgeParams }).lazy(
    async () => (await import('../edge/page.tsx')).edge,
  ),
  createRoute({ getParentRoute: parent, path: '/operations', validateSearch: operationsParams }).lazy(
    async () => (await import('../operation/page.tsx')).operations,
  ),
  createRoute({ getParentRoute: parent, path: '/operation', validateSearch: operationParams }).lazy(
    async () => (await import('../operation/page.tsx')).operation,
  ),
  createRoute({ getParentRoute: parent, path: '/pipeline', validateSearch: pipelineParams }).lazy(
    async () => (await import('../pipeline/page.tsx')).pipeline,
  ),
  createRoute({ getParentRoute: parent, path: '/rollups', validateSearch: rollupsParams }).lazy(
    async () => (await import('../rollups/page.tsx')).rollups,
  ),
] as const;

const routeTree = root.addChildren(routes);

export function createAppRouter(queryClient: QueryClient): AppRouter {
  return createRouter({
    routeTree,
    basepath: basePath,
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    // Data is kept by TanStack Query; the router is to ask it each time.
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 200,
    defaultPendingComponent: PageLoading,
    defaultErrorComponent: PageFailed,
    scrollRestoration: true,
  });
}

type AppRouter = ReturnType<typeof createRouter<typeof routeTree, 'never', false>>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
