/** Who a service is: `deployment.environment.name`, `service.namespace`, `service.name`. */
export interface Service {
  /** Empty when not set. */
  readonly environment: string;
  /** Empty when not set. */
  readonly namespace: string;
  /** Never empty: `missing-service-name` or `empty-service-name` stand in, as in Jaeger. */
  readonly name: string;
}
