import { randomUUID } from 'node:crypto';
import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { demoEnvironment, demoNamespace } from './names.ts';
import type { ServiceName } from './names.ts';
import { tracesUrl } from './otlp-url.ts';

const versions: Record<ServiceName, string> = {
  frontend: '3.1.0',
  checkout: '2.4.1',
  cart: '1.9.0',
  inventory: '1.12.3',
  payment: '4.0.2',
  shipping: '0.8.5',
};

/** One service's own SDK, as if the service were a process of its own. */
export interface Telemetry {
  readonly tracer: Tracer;
  /** Exports what is waiting. Resolves, whatever became of it. */
  shutdown(): Promise<void>;
}

/**
 * A tracer provider for each service, so that each has its own resource, batch processor and
 * connection: their 5 s timers start with their own first span and so run out of step. Nothing is
 * registered globally, and no diagnostic logger is set: while the gateway is away the exporter
 * retries and the demo stays quiet.
 */
export function createTelemetry(service: ServiceName, otlpEndpoint: string): Telemetry {
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        'service.name': service,
        'service.namespace': demoNamespace,
        'service.version': versions[service],
        'service.instance.id': randomUUID(),
        'deployment.environment.name': demoEnvironment,
      }),
    ),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: tracesUrl(otlpEndpoint) }))],
  });
  return {
    tracer: provider.getTracer(`shop/${service}`, versions[service]),
    shutdown: () => provider.shutdown().catch(() => undefined),
  };
}
