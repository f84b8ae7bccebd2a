import type { StorageAnswer } from '../api/answers.ts';
import type { Service } from '../format/service.ts';

export interface Amount {
  readonly spans: number;
  readonly bytes: number;
}

/** A service over the days; null is all of them together. */
export interface ServiceRow {
  readonly key: string;
  readonly service: Service | null;
  readonly total: Amount;
  readonly byDay: ReadonlyMap<string, Amount>;
}

/** All services first, then each, that which takes the most first. */
export function rowsByService(days: StorageAnswer['days']): ServiceRow[] {
  const rows = new Map<string, { service: Service | null; byDay: Map<string, Amount> }>();
  const add = (key: string, service: Service | null, day: string, amount: Amount) => {
    const row = rows.get(key) ?? { service, byDay: new Map<string, Amount>() };
    row.byDay.set(day, plus(row.byDay.get(day), amount));
    rows.set(key, row);
  };
  for (const { day, spans, traceBytes, services } of days) {
    add('', null, day, { spans, bytes: traceBytes });
    for (const { service, ...amount } of services) add(JSON.stringify(service), service, day, amount);
  }
  return [...rows]
    .map(([key, row]) => ({ key, ...row, total: [...row.byDay.values()].reduce<Amount>(plus, nothing) }))
    .toSorted((a, b) => (a.service === null ? -1 : b.service === null ? 1 : b.total.bytes - a.total.bytes));
}

const nothing: Amount = { spans: 0, bytes: 0 };

function plus(a: Amount = nothing, b: Amount): Amount {
  return { spans: a.spans + b.spans, bytes: a.bytes + b.bytes };
}
