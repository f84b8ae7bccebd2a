/** Figures for tests of the levels above the minutes. */
import type { EdgeFigures, Figures, OperationFigures } from '@spanloom/span';

export interface CallSketch {
  readonly minute: number;
  readonly client?: string;
  readonly server?: string;
  readonly kind?: EdgeFigures['kind'];
  readonly operation?: string;
  readonly namespace?: string;
  readonly calls: number;
  readonly bucket?: number;
}

/** An edge and an operation for each sketch; sketches of the same line in the same minute may not repeat. */
export function figuresOfCalls(calls: readonly CallSketch[]): Figures {
  const edges = new Map<string, EdgeFigures>();
  const operations = new Map<string, OperationFigures>();
  for (const [at, sketch] of calls.entries()) {
    const service = (name: string): EdgeFigures['server'] => ({
      environment: 'prod',
      namespace: sketch.namespace ?? 'shop',
      name,
    });
    const duration = new Map([[sketch.bucket ?? 600, sketch.calls]]);
    const operation = sketch.operation ?? 'GET /';
    edges.set(String(at), {
      minute: sketch.minute,
      client: { ...service(sketch.client ?? 'web'), namespace: 'shop' },
      server: service(sketch.server ?? 'cart'),
      kind: sketch.kind ?? 'rpc',
      operation,
      calls: sketch.calls,
      sampledCalls: sketch.calls,
      clientErrors: 0,
      serverErrors: 0,
      unpaired: 0,
      clientDuration: duration,
      serverDuration: duration,
      slowest: sketch.calls > 0 ? { durationNs: 2 ** 20 + at, traceId: 'a'.repeat(32) } : null,
      failed: null,
    });
    operations.set(String(at), {
      minute: sketch.minute,
      service: service(sketch.server ?? 'cart'),
      operation,
      kind: 2,
      calls: sketch.calls,
      sampledCalls: sketch.calls,
      errors: 0,
      originErrors: 0,
      duration,
      selfTimeNs: sketch.calls * 10,
      criticalPathNs: sketch.calls * 20,
      localSpans: sketch.calls * 3,
    });
  }
  return { edges, operations };
}
