import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { addHistogram, serviceKey, SpanKind, type EdgeKind, type Histogram, type Service } from '@spanloom/span';
import { edges, operationFigures, type EdgeRow, type OperationRow } from '@spanloom/store';
import {
  answer,
  count,
  durations,
  headed,
  milliseconds,
  nullable,
  responses,
  service,
  traceIdText,
} from './answers.ts';
import type { Api } from './api.ts';
import { durationsMs } from './durations.ts';
import { sendApiError } from './error.ts';
import { head } from './head.ts';
import type { Quantile } from './quantiles.ts';
import type { Params, SchemaOf } from './schemas.ts';
import { parseFigures } from './window.ts';

interface GraphQuery {
  readonly from: string;
  readonly to: string;
  readonly environment?: string;
  readonly quantiles: string;
}

export const windowParams: Params<GraphQuery> = {
  from: Type.String({ default: 'now-1h', maxLength: 64, description: 'RFC 3339, or relative: now-15m, now-1h.' }),
  to: Type.String({ default: 'now', maxLength: 64, description: 'The end, exclusive; as `from`.' }),
  environment: Type.Optional(Type.String({ maxLength: 1024, description: 'Only this `deployment.environment.name`.' })),
  quantiles: Type.String({ default: '0.5,0.95,0.99', maxLength: 256, description: 'Between 0 and 1, with commas.' }),
};

const graphSchema: SchemaOf<GraphQuery> = Type.Object(windowParams, { additionalProperties: false });

/** `service` sent spans; the others are known by the calls to them only. */
type NodeType = 'service' | 'database' | 'messaging' | 'external' | 'unknown';

const nodeAnswer: TSchema = answer({
  id: count,
  type: Type.Union(['service', 'database', 'messaging', 'external', 'unknown'].map((each) => Type.Literal(each))),
  service,
  calls: count,
  errors: count,
  durationMs: durations,
});

const edgeAnswer: TSchema = answer({
  from: nullable(Type.Integer({ description: 'Id of the calling node; null for calls from outside.' })),
  to: count,
  kind: Type.String(),
  calls: count,
  errors: count,
  unpaired: count,
  durationMs: durations,
  slowest: nullable(answer({ traceId: traceIdText, durationMs: milliseconds })),
  failed: nullable(traceIdText),
});

export const graphAnswer: TSchema = answer({
  ...headed,
  nodes: Type.Array(nodeAnswer),
  edges: Type.Array(edgeAnswer),
});

interface Node {
  readonly id: number;
  readonly service: Service;
  type: NodeType;
  calls: number;
  errors: number;
  readonly histogram: Histogram;
}

export function graphRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: GraphQuery }>(
      '/graph',
      {
        schema: {
          summary: 'Services and the calls between them',
          querystring: graphSchema,
          response: responses(graphAnswer),
        },
      },
      async (request, reply) => {
        const params = parseFigures({ ...request.query, step: 'auto' }, api.clock.now(), api.config);
        if (!params.ok) return sendApiError(reply, 400, params.error);
        const { window, quantiles } = params.value;
        const { environment } = request.query;
        const filter = { ...window, ...(environment === undefined ? {} : { environment }) };
        const bound = api.bound(request);
        const complete = await api.complete(bound);
        const [calls, operations] = await Promise.all([
          edges(bound, { ...filter, byOperation: false }),
          operationFigures(bound, filter),
        ]);
        return { ...head(window, complete), ...graphOf(calls, operations, quantiles) };
      },
    );
  };
}

function graphOf(
  calls: readonly EdgeRow[],
  operations: readonly OperationRow[],
  quantiles: readonly Quantile[],
): object {
  const nodes = new Map<string, Node>();
  const nodeOf = (of: Service, type: NodeType): Node => {
    const key = serviceKey(of);
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const node = { id: nodes.size, service: of, type, calls: 0, errors: 0, histogram: new Map() };
    nodes.set(key, node);
    return node;
  };
  for (const operation of operations) {
    const node = nodeOf(operation.service, 'service');
    // What others asked of it: its own calls and inner work are counted elsewhere.
    if (operation.kind !== SpanKind.server && operation.kind !== SpanKind.consumer) continue;
    node.calls += operation.calls;
    node.errors += operation.errors;
    addHistogram(node.histogram, operation.histogram);
  }
  const drawn = calls.map((edge) => {
    const to = nodeOf(edge.server, typeOf(edge.kind));
    const histogram = edge.clientHistogram.size > 0 ? edge.clientHistogram : edge.serverHistogram;
    // A call that failed on both sides failed once.
    const errors = Math.max(edge.clientErrors, edge.serverErrors);
    if (to.type !== 'service') {
      to.calls += edge.calls;
      to.errors += errors;
      addHistogram(to.histogram, histogram);
    }
    return {
      from: edge.client === null ? null : nodeOf(edge.client, typeOf(edge.kind)).id,
      to: to.id,
      kind: edge.kind,
      calls: edge.calls,
      errors,
      unpaired: edge.unpaired,
      durationMs: durationsMs(histogram, quantiles),
      slowest: edge.slowest && { traceId: edge.slowest.traceId, durationMs: edge.slowest.durationNs / 1e6 },
      failed: edge.failed,
    };
  });
  const listed = [...nodes.values()].map(({ histogram, ...node }) => ({
    ...node,
    durationMs: durationsMs(histogram, quantiles),
  }));
  return { nodes: listed, edges: drawn };
}

function typeOf(kind: EdgeKind): NodeType {
  return kind === 'rpc' || kind === 'entry' ? 'unknown' : kind;
}
