import type { Service } from '../../format/service.ts';

/** What the demo's services call themselves: see services/demo. */
const demo = { environment: 'demo', namespace: 'shop' } as const;

export function isDemo({ environment, namespace }: Service): boolean {
  return environment === demo.environment && namespace === demo.namespace;
}

/** Traces that the demo did not begin, as a query. */
export const notDemo: string = `root.environment != ${demo.environment} or root.namespace != ${demo.namespace}`;
