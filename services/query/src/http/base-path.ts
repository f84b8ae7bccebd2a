/** Where the service is reached below, without a slash at its end; empty for the root. */
export function normalBasePath(path: string): string {
  const inner = path.replace(/^\/+|\/+$/g, '');
  return inner === '' ? '' : `/${inner}`;
}

/**
 * A URL as the routes know it. What does not lie below the base path becomes one that is nowhere: a
 * proxy that keeps the path would never send it.
 */
export function withoutBasePath(url: string, basePath: string): string {
  if (basePath === '') return url;
  const rest = url.slice(basePath.length);
  if (!url.startsWith(basePath) || (rest !== '' && !/^[/?]/.test(rest))) return '/api/nowhere';
  return rest.startsWith('/') ? rest : `/${rest}`;
}
