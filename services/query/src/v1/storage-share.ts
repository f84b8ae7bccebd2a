/** What of the disk is whose, and what it comes to: computed from what the store says of its parts and of a sample. */
import type { Service } from '@spanloom/span';
import type { OperationShare, ServiceDay, StoredDay } from '@spanloom/store';

export interface ServiceShare {
  readonly service: Service;
  readonly spans: number;
  readonly bytes: number;
}

/**
 * Shares the bytes of a day out among its services: by their spans, and how large those are before
 * they are compressed. `sampled` is of all days: services change less from day to day than from one to another.
 */
export function sharesOf(
  services: readonly ServiceDay[],
  traceBytes: number,
  sampled: readonly OperationShare[],
): ServiceShare[] {
  const sizes = new Map<string, { spans: number; bytes: number }>();
  for (const { service, spans, bytes } of sampled) {
    const size = sizes.get(keyOf(service)) ?? { spans: 0, bytes: 0 };
    sizes.set(keyOf(service), { spans: size.spans + spans, bytes: size.bytes + bytes });
  }
  const all = [...sizes.values()].reduce(
    (sum, size) => ({ spans: sum.spans + size.spans, bytes: sum.bytes + size.bytes }),
    { spans: 0, bytes: 0 },
  );
  const weights = services.map(({ service, spans }) => {
    // A service that is not in the sample is small; its spans are taken to be like the others.
    const size = sizes.get(keyOf(service)) ?? all;
    return spans * (size.spans === 0 ? 1 : size.bytes / size.spans);
  });
  const total = weights.reduce((a, b) => a + b, 0);
  return services.map(({ service, spans }, at) => ({
    service,
    spans,
    bytes: total === 0 ? 0 : Math.round((traceBytes * (weights[at] ?? 0)) / total),
  }));
}

function keyOf({ environment, namespace, name }: Service): string {
  return JSON.stringify([environment, namespace, name]);
}

export interface Projection {
  /** How many whole days the rate is the mean of; 0: it is what today comes to so far. */
  readonly basedOnDays: number;
  readonly traceBytesPerDay: number;
  readonly figureBytesPerDay: number;
}

/** Of the last whole days, since what is sent changes. */
const maxDays = 7;
/** Less says nothing of a day. */
const leastMs = 600_000;
const dayMs = 86_400_000;

/** What a day takes; null where too little was stored to say. `firstMs`: when the first trace of today was finished. */
export function projectionOf(days: readonly StoredDay[], nowMs: number, firstMs: number | null): Projection | null {
  const today = Math.floor(nowMs / dayMs);
  const whole = days.filter(({ day }) => day < today && day >= today - maxDays);
  // The first day of all is no whole one.
  const based = whole.length > 1 && whole[0]?.day === days[0]?.day ? whole.slice(1) : whole;
  if (based.length > 0) {
    const mean = (bytes: (day: StoredDay) => number): number =>
      based.reduce((sum, day) => sum + bytes(day), 0) / based.length;
    return {
      basedOnDays: based.length,
      traceBytesPerDay: Math.round(mean((day) => day.traceBytes)),
      figureBytesPerDay: Math.round(mean((day) => day.figureBytes)),
    };
  }
  const now = days.find(({ day }) => day === today);
  const elapsedMs = firstMs === null ? 0 : nowMs - firstMs;
  if (now === undefined || elapsedMs < leastMs) return null;
  return {
    basedOnDays: 0,
    traceBytesPerDay: Math.round((now.traceBytes * dayMs) / elapsedMs),
    figureBytesPerDay: Math.round((now.figureBytes * dayMs) / elapsedMs),
  };
}
