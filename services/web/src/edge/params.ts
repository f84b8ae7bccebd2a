import { type RangeParams, type RawSearch, defined, flagOf, oneOf, rangeOf, textOf } from '../app/search-params.ts';

/** What pages of figures over time have in common. */
export interface FiguresParams extends RangeParams {
  readonly environment?: string;
  /** Percentiles that are drawn: `0.5,0.95,0.99`. */
  readonly quantiles?: string;
  /** A cell of the heatmap whose traces are shown: when it begins (RFC 3339), and between which durations. */
  readonly cell?: string;
  readonly minMs?: string;
  readonly maxMs?: string;
  /** The figures of the charts as a table. */
  readonly table?: true;
}

export function figuresOf(raw: RawSearch): FiguresParams {
  return defined<FiguresParams>({
    ...rangeOf(raw),
    environment: textOf(raw, 'environment'),
    quantiles: textOf(raw, 'quantiles'),
    cell: textOf(raw, 'cell'),
    minMs: textOf(raw, 'minMs'),
    maxMs: textOf(raw, 'maxMs'),
    table: flagOf(raw, 'table'),
  });
}

export const edgeKinds = ['rpc', 'messaging', 'database', 'external', 'entry'] as const;
export type EdgeKind = (typeof edgeKinds)[number];

export interface EdgeParams extends FiguresParams {
  /** By name; a call from outside has no client. */
  readonly client?: string;
  readonly server?: string;
  readonly kind?: EdgeKind;
  /** Of the server side. */
  readonly operation?: string;
  readonly side?: 'client' | 'server';
}

export function edgeParams(raw: RawSearch): EdgeParams {
  return defined<EdgeParams>({
    ...figuresOf(raw),
    client: textOf(raw, 'client'),
    server: textOf(raw, 'server'),
    kind: oneOf(raw, 'kind', edgeKinds),
    operation: textOf(raw, 'operation'),
    side: oneOf(raw, 'side', ['client', 'server']),
  });
}
