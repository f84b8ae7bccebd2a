/** The parameters of Spanloom's own API. Names, types, limits and defaults; what a text means is parsed after. */
import { Type, type TOptional, type TSchema } from '@sinclair/typebox';
import type { Step } from './time.ts';

/** A schema whose values, once defaults are filled in, are assignable to T. */
export type SchemaOf<T> = TSchema & { readonly static: T };

/** The schemas of the properties of T, by name. */
export type Params<T> = {
  readonly [Name in keyof T]-?: undefined extends T[Name] ? TOptional<SchemaOf<T[Name]>> : SchemaOf<T[Name]>;
};

/** What every question about figures has. */
export interface FiguresQuery {
  readonly from: string;
  readonly to: string;
  readonly step: Step;
  readonly environment?: string;
  readonly quantiles: string;
  readonly limit: number;
}

export interface EdgesQuery extends FiguresQuery {
  readonly by?: 'operation';
  readonly sort: 'calls' | 'errors' | 'unpaired' | 'duration';
}

export interface OperationsQuery extends FiguresQuery {
  readonly service?: string;
  readonly sort: 'calls' | 'errors' | 'duration';
}

export interface TracesQuery {
  readonly environment?: string;
  readonly limit: number;
}

const closed = { additionalProperties: false } as const;
const name = { maxLength: 1024 } as const;

const time = (defaultTime: string, description: string) =>
  Type.String({ default: defaultTime, maxLength: 64, description });

const figures = {
  from: time('now-1h', 'RFC 3339, or relative: now-15m, now-1h, now-2d.'),
  to: time('now', 'The end, exclusive; as `from`.'),
  step: Type.Union([Type.Literal('auto'), Type.Literal('1m'), Type.Literal('1h'), Type.Literal('1d')], {
    default: 'auto',
    description: 'What the window is widened to, and the coarsest level that is read.',
  }),
  environment: Type.Optional(Type.String({ ...name, description: 'Only this `deployment.environment.name`.' })),
  quantiles: Type.String({ default: '0.5,0.95,0.99', maxLength: 256, description: 'Between 0 and 1, with commas.' }),
  limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 }),
};

const [calls, errors, unpaired, duration] = [
  Type.Literal('calls'),
  Type.Literal('errors'),
  Type.Literal('unpaired'),
  Type.Literal('duration', { description: 'The highest of the quantiles, of the client side where there is one.' }),
];
const largestFirst = { default: 'calls', description: 'Largest first.' } as const;

export const edgesSchema: SchemaOf<EdgesQuery> = Type.Object(
  {
    ...figures,
    by: Type.Optional(Type.Literal('operation', { description: 'Splits edges by the operation of the server side.' })),
    sort: Type.Union([calls, errors, unpaired, duration], largestFirst),
  },
  closed,
);

export const operationsSchema: SchemaOf<OperationsQuery> = Type.Object(
  {
    ...figures,
    service: Type.Optional(Type.String({ ...name, description: 'Only the service of this name.' })),
    sort: Type.Union([calls, errors, duration], largestFirst),
  },
  closed,
);

export const tracesSchema: SchemaOf<TracesQuery> = Type.Object(
  {
    environment: Type.Optional(Type.String({ ...name, description: 'Only traces whose root is in it.' })),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 20 }),
  },
  closed,
);

export interface RollupRunsQuery {
  readonly name?: string;
  readonly status?: 'running' | 'done' | 'failed';
  readonly limit: number;
}

export const rollupRunsSchema: SchemaOf<RollupRunsQuery> = Type.Object(
  {
    name: Type.Optional(Type.String({ ...name, description: 'Only runs of this rollup.' })),
    status: Type.Optional(Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')])),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  },
  closed,
);

export interface RollupResultsQuery {
  readonly name: string;
  readonly windows: number;
}

export const rollupResultsSchema: SchemaOf<RollupResultsQuery> = Type.Object(
  {
    name: Type.String({ ...name, description: 'The rollup.' }),
    windows: Type.Integer({ minimum: 1, maximum: 100, default: 1, description: 'How many of the newest.' }),
  },
  closed,
);

/** For routes without parameters. */
export const nothingSchema: SchemaOf<object> = Type.Object({}, closed);
