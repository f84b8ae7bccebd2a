import { FormatRegistry, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { TestQuery } from './query.ts';

FormatRegistry.Set('date-time', (value) => !Number.isNaN(Date.parse(value)));

/** For tests: the answer of a route of `/api/v1`, which keeps what the document says of it. */
export async function getAnswer<T = object>(running: TestQuery, path: string, schema: TSchema): Promise<T> {
  const response = await running.get(`/api/v1/${path}`);
  const body: unknown = await response.json();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
  const [wrong] = Value.Errors(schema, body);
  if (wrong !== undefined) {
    throw new Error(`${path}: ${wrong.path}: ${wrong.message}, found ${JSON.stringify(wrong.value)}`);
  }
  return body as T;
}

/** For tests: the `error` of an answer with this status. */
export async function refusal(running: TestQuery, path: string, status = 400): Promise<unknown> {
  const response = await running.get(`/api/v1/${path}`);
  const body = (await response.json()) as { readonly error: unknown };
  if (response.status !== status) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
  return body.error;
}
