import type { FastifyInstance } from 'fastify';
import { err, ok, type Result } from '@spanloom/span';
import { boundToRequests } from '../http/bound.ts';
import { callRate, errorRate, latencies, metricFamily, type Measure } from './metric-family.ts';
import { parseMetrics, parseQuantile } from './metrics-params.ts';
import type { JaegerOptions } from './options.ts';
import type { QueryString } from './params.ts';
import { sendError, sendJson } from './send.ts';

type Route = { Querystring: QueryString };
type MeasureOf = (query: QueryString) => Result<Measure, string>;

const measures: Readonly<Record<string, MeasureOf>> = {
  latencies: (query) => {
    const q = parseQuantile(query);
    return q.ok ? ok(latencies(q.value)) : err(q.error);
  },
  calls: () => ok(callRate),
  errors: () => ok(errorRate),
};

/** What the Monitor tab of Jaeger UI asks. Not in the envelope: the family is the answer. */
export function metricsRoutes(app: FastifyInstance, options: JaegerOptions): void {
  const bound = boundToRequests(options);
  for (const [name, measureOf] of Object.entries(measures)) {
    app.get<Route>(`/api/metrics/${name}`, async (request, reply) => {
      const measure = measureOf(request.query);
      if (!measure.ok) return sendError(reply, 400, measure.error);
      const params = parseMetrics(request.query, options.clock.now());
      if (!params.ok) return sendError(reply, 400, params.error);
      const family = await metricFamily(bound(request), measure.value, params.value);
      if (!family.ok) return sendError(reply, 400, family.error);
      return sendJson(request, reply, family.value);
    });
  }
}
