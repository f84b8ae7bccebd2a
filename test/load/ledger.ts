/** What must come out of the pipeline for one call edge. */
export interface LedgerEdge {
  readonly client: string | null;
  readonly server: string;
  readonly kind: string;
  calls: number;
  clientErrors: number;
  serverErrors: number;
  readonly clientDurationsNs: number[];
  readonly serverDurationsNs: number[];
}

/** One call, as the generator made it. A side without a span has no duration. */
export interface Call {
  readonly client: string | null;
  readonly server: string;
  readonly kind: string;
  readonly clientNs: number | null;
  readonly serverNs: number | null;
  readonly clientError: boolean;
  readonly serverError: boolean;
}

/** The ground truth of a run: what was sent, whatever became of it. */
export class Ledger {
  readonly edges: Map<string, LedgerEdge> = new Map();
  traces = 0;
  spans = 0;

  add(calls: readonly Call[], spans: number): void {
    this.traces++;
    this.spans += spans;
    for (const call of calls) {
      const key = edgeKey(call);
      let edge = this.edges.get(key);
      if (edge === undefined) {
        const { client, server, kind } = call;
        edge = {
          client,
          server,
          kind,
          calls: 0,
          clientErrors: 0,
          serverErrors: 0,
          clientDurationsNs: [],
          serverDurationsNs: [],
        };
        this.edges.set(key, edge);
      }
      edge.calls++;
      if (call.clientError) edge.clientErrors++;
      if (call.serverError) edge.serverErrors++;
      if (call.clientNs !== null) edge.clientDurationsNs.push(call.clientNs);
      if (call.serverNs !== null) edge.serverDurationsNs.push(call.serverNs);
    }
  }

  /** Calls and errors by edge, for comparing with {@link countsOf}. */
  counts(): Record<string, EdgeCounts> {
    return Object.fromEntries(
      [...this.edges].map(([key, { calls, clientErrors, serverErrors }]) => [
        key,
        { calls, clientErrors, serverErrors },
      ]),
    );
  }
}

export interface EdgeCounts {
  readonly calls: number;
  readonly clientErrors: number;
  readonly serverErrors: number;
}

export function edgeKey(edge: {
  readonly client: string | null;
  readonly server: string;
  readonly kind: string;
}): string {
  return `${edge.client ?? ''} -> ${edge.server} (${edge.kind})`;
}

/** The nearest-rank percentile, exact. */
export function exactPercentile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}
