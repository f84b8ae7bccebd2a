/** `deployment.environment.name` of every demo service. */
export const demoEnvironment = 'demo';

/** `service.namespace` of every demo service. */
export const demoNamespace = 'shop';

/** `service.name` of each demo service, callers before the services that they call. */
export const serviceNames = ['frontend', 'checkout', 'cart', 'inventory', 'payment', 'shipping'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** What the services lean on. They answer on real sockets and export no spans. */
export type DependencyName = 'postgres' | 'broker' | 'card-network';

export function isServiceName(name: string): name is ServiceName {
  return (serviceNames as readonly string[]).includes(name);
}
