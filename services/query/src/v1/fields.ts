import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import {
  attributeNames,
  attributeValues,
  operationNames,
  services,
  spanColumnValues,
  type ReadClient,
} from '@spanloom/store';
import type { Field } from '../search/ast.ts';
import { infoOf, spanFieldNames, spanFields, traceFieldNames, traceFields } from '../search/fields.ts';
import { parseField } from '../search/parser.ts';
import { printField } from '../search/printer.ts';
import { answer, responses } from './answers.ts';
import type { Api } from './api.ts';
import { invalidQuery, sendApiError } from './error.ts';
import type { SchemaOf } from './schemas.ts';

interface NamesQuery {
  readonly containing: string;
  readonly limit: number;
}

interface ValuesQuery extends NamesQuery {
  readonly service?: string;
}

const completionParams = {
  containing: Type.String({ default: '', maxLength: 1024, description: 'Only what contains this, in whatever case.' }),
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 50 }),
};
const closed = { additionalProperties: false } as const;
const namesSchema: SchemaOf<NamesQuery> = Type.Object(completionParams, closed);
const valuesSchema: SchemaOf<ValuesQuery> = Type.Object(
  {
    ...completionParams,
    service: Type.Optional(Type.String({ maxLength: 1024, description: 'Of `operation`: those of this service.' })),
  },
  closed,
);

export const fieldsAnswer: TSchema = answer({
  fields: Type.Array(
    answer({
      name: Type.String({ description: 'As it stands in a query.' }),
      type: Type.Union(['text', 'choice', 'duration', 'number', 'attribute'].map((each) => Type.Literal(each))),
      scope: Type.Union(['span', 'trace', 'resource'].map((each) => Type.Literal(each))),
      help: Type.Optional(Type.String()),
    }),
  ),
});

export const valuesAnswer: TSchema = answer({
  values: Type.Array(Type.String(), { description: 'The commonest first.' }),
});

/** What is older is not offered: it is searched all the same. */
const lookBackMs = 86_400_000;

/** What a query box completes with: answers from a sample of the last day, so that they are there at once. */
export function fieldRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: NamesQuery }>(
      '/fields',
      {
        schema: { summary: 'Names that a query can use', querystring: namesSchema, response: responses(fieldsAnswer) },
      },
      async (request) => {
        const { containing, limit } = request.query;
        const names = await attributeNames(api.bound(request), api.clock.now() - lookBackMs);
        const attributes = (scope: 'span' | 'resource', keys: readonly string[]): object[] =>
          keys.map((key) => ({
            name: printField({ type: 'attribute', scope, key }),
            type: 'attribute',
            scope,
          }));
        const all = [
          ...spanFieldNames.map((name) => ({
            name,
            type: spanFields[name].type,
            scope: 'span',
            help: spanFields[name].help,
          })),
          ...traceFieldNames.map((name) => ({
            name,
            type: traceFields[name].type,
            scope: 'trace',
            help: traceFields[name].help,
          })),
          ...attributes('span', names.span),
          ...attributes('resource', names.resource),
        ];
        const wanted = containing.toLowerCase();
        const fields = all.filter((field) => 'name' in field && String(field.name).toLowerCase().includes(wanted));
        return { fields: fields.slice(0, limit) };
      },
    );

    app.get<{ Params: { name: string }; Querystring: ValuesQuery }>(
      '/fields/:name/values',
      {
        schema: {
          summary: 'Values that a field has',
          params: Type.Object({ name: Type.String({ maxLength: 1024, description: 'A field, as in a query.' }) }),
          querystring: valuesSchema,
          response: responses(valuesAnswer),
        },
      },
      async (request, reply) => {
        const field = parseField(request.params.name);
        if (!field.ok) return sendApiError(reply, 400, invalidQuery('name', field.error));
        const values = await valuesOf(api.bound(request), field.value, request.query, api.clock.now() - lookBackMs);
        const wanted = request.query.containing.toLowerCase();
        return { values: values.filter((value) => value.toLowerCase().includes(wanted)).slice(0, request.query.limit) };
      },
    );
  };
}

async function valuesOf(
  bound: ReadClient,
  field: Field,
  { containing, limit, service }: ValuesQuery,
  sinceMs: number,
): Promise<readonly string[]> {
  const sample = { containing, limit, sinceMs };
  if (field.type === 'attribute')
    return await attributeValues(bound, { ...sample, key: field.key, scope: field.scope });
  const { choices } = infoOf(field);
  if (choices !== undefined) return choices;
  switch (field.name) {
    case 'service':
    case 'root.service':
      return distinct((await services(bound, { sinceMs })).map((each) => each.name));
    case 'namespace':
    case 'root.namespace':
      return distinct((await services(bound, { sinceMs })).map((each) => each.namespace));
    case 'environment':
    case 'root.environment':
      return distinct((await services(bound, { sinceMs })).map((each) => each.environment));
    case 'operation':
    case 'root.operation':
      return await operationNames(bound, { ...sample, ...(service === undefined ? {} : { service }) });
    case 'name':
    case 'peer':
      return await spanColumnValues(bound, field.name, sample);
    case 'status.message':
      return await spanColumnValues(bound, 'status_message', sample);
    default:
      return [];
  }
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '').toSorted();
}
