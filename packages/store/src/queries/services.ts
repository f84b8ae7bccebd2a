import type { Service } from '@spanloom/span';
import type { ReadClient } from '../client/read-client.ts';
import { sinceDay } from './day.ts';

/** Names come and go more slowly than people ask for them. */
export const namesMaxAgeMs = 1000;

/** Services with spans, by environment, namespace and name. `sinceMs` leaves out what was stored on days before it. */
export async function services(client: ReadClient, options: { readonly sinceMs?: number } = {}): Promise<Service[]> {
  return await client.rows<Service>(
    `SELECT environment, namespace, service AS name
     FROM operations_minute_data
     WHERE marker = '' AND ${sinceDay}
     GROUP BY environment, namespace, service
     HAVING sum(calls) != 0
     ORDER BY service, namespace, environment`,
    { sinceSecond: Math.floor((options.sinceMs ?? 0) / 1000) },
    { maxAgeMs: namesMaxAgeMs },
  );
}
