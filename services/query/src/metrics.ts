import { Histogram, type Registry } from 'prom-client';

export interface QueryMetrics {
  /** Called once an answer is out. `route` is a pattern such as `/api/traces/:id`, or `page`. */
  request(route: string, status: number, seconds: number): void;
}

export function createQueryMetrics(registry: Registry): QueryMetrics {
  const requests = new Histogram({
    name: 'spanloom_query_request_seconds',
    help: 'Requests by route and status, from the request to the end of the answer.',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  return {
    request: (route, status, seconds) => requests.observe({ route, status }, seconds),
  };
}
