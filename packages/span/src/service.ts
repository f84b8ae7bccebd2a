/** Who a service is: `deployment.environment.name`, `service.namespace`, `service.name`. */
export interface Service {
  /** Empty when not set. */
  readonly environment: string;
  /** Empty when not set. */
  readonly namespace: string;
  /** Never empty: `missing-service-name` or `empty-service-name` stand in, as in Jaeger. */
  readonly name: string;
}

/** What a service is interned under: equal for equal services, in every table. */
export function serviceKey(service: Service): string {
  return `${service.environment}\0${service.namespace}\0${service.name}`;
}
