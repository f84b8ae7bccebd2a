import type { SpanKind } from '@spanloom/span';
import type { ReadClient } from '../client/read-client.ts';
import { sinceDay } from './day.ts';
import { namesMaxAgeMs } from './services.ts';

/** An operation of a service: its name and the kind of its spans. */
export interface Operation {
  readonly name: string;
  readonly kind: SpanKind;
}

/** Operations of every service of that name, whatever its environment and namespace. */
export async function operations(
  client: ReadClient,
  serviceName: string,
  options: { readonly sinceMs?: number } = {},
): Promise<Operation[]> {
  return await client.rows<Operation>(
    `SELECT operation AS name, kind
     FROM operations_minute_data
     WHERE marker = '' AND ${sinceDay} AND service = {service:String}
     GROUP BY operation, kind
     HAVING sum(calls) != 0
     ORDER BY operation, kind`,
    { service: serviceName, sinceSecond: Math.floor((options.sinceMs ?? 0) / 1000) },
    { maxAgeMs: namesMaxAgeMs },
  );
}
