/** Figures over time as Jaeger's Monitor tab reads them: a metric family in proto3 JSON. */
import { addHistogram, err, ok, percentile, type Histogram, type Result } from '@spanloom/span';
import { operationSeries, type OperationMinute, type ReadClient } from '@spanloom/store';
import type { MetricsParams } from './metrics-params.ts';

export interface MetricFamily {
  readonly name: string;
  readonly type: 'GAUGE';
  readonly help: string;
  readonly metrics: readonly Metric[];
}

interface Metric {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly metricPoints: readonly {
    /** `NaN` where there is nothing to tell of. */
    readonly gaugeValue: { readonly doubleValue: number | 'NaN' };
    /** RFC 3339. */
    readonly timestamp: string;
  }[];
}

/** What each point of a series is made of: the sums of its window. */
interface Sums {
  readonly seconds: number;
  readonly calls: number;
  readonly errors: number;
  readonly histogram: Histogram;
}

/** One of the three figures. */
export interface Measure {
  /** Without the prefix that says what it is grouped by. */
  readonly name: string;
  readonly help: string;
  value(sums: Sums): number | null;
}

/** Milliseconds. */
export function latencies(q: number): Measure {
  return {
    name: 'latencies',
    help: `${q.toFixed(2)}th quantile latency`,
    value: ({ histogram }) => {
      const ns = percentile(histogram, q);
      return ns === null ? null : ns / 1e6;
    },
  };
}

/** Per second. */
export const callRate: Measure = {
  name: 'call_rate',
  help: 'calls/sec',
  value: ({ calls, seconds }) => calls / seconds,
};

/** A fraction of the calls. */
export const errorRate: Measure = {
  name: 'error_rate',
  help: 'error rate, computed as a fraction of errors/sec over calls/sec',
  value: ({ calls, errors }) => (calls === 0 ? null : errors / calls),
};

/** Figures are kept by whole minutes: a point at t tells of those that had ended by then. */
export async function metricFamily(
  store: ReadClient,
  measure: Measure,
  params: MetricsParams,
): Promise<Result<MetricFamily, string>> {
  const points = pointsOf(params);
  const windowMinutes = Math.max(1, Math.round(params.ratePerMs / 60_000));
  const minutes = await operationSeries(store, {
    fromMinute: Math.max(0, (points[0]?.toMinute ?? 0) - windowMinutes),
    toMinute: Math.max(0, points.at(-1)?.toMinute ?? 0),
    services: params.services,
    kinds: params.kinds,
    byOperation: params.byOperation,
  });
  const all = seriesOf(minutes);
  if (all.length * points.length > maxPoints) {
    return err(`${all.length} series of ${points.length} points are more than ${maxPoints}; raise 'step'`);
  }
  const by = params.byOperation ? 'service_operation' : 'service';
  return ok({
    name: `${by}_${measure.name}`,
    type: 'GAUGE',
    help: `${measure.help}, grouped by service${params.byOperation ? ' & operation' : ''}`,
    metrics: all.map((series) => ({
      labels: labelsOf(series, params.byOperation),
      metricPoints: valuesOf(series, points, windowMinutes, measure),
    })),
  });
}

/** Of all series together: about 50 MB of answer. */
const maxPoints = 500_000;

interface Point {
  readonly timestamp: string;
  /** The first minute that is not in it. */
  readonly toMinute: number;
}

/** Within what dates can hold. */
const maxMs = 253_402_300_799_999;

function pointsOf({ endMs, lookbackMs, stepMs }: MetricsParams): Point[] {
  const points: Point[] = [];
  for (let ms = endMs - lookbackMs; ms <= endMs; ms += stepMs) {
    if (ms < 0 || ms > maxMs) continue;
    points.push({ timestamp: timestampOf(ms), toMinute: Math.min(Math.floor(ms / 60_000), maxMinute) });
  }
  return points;
}

/** To 2106, as far as the store's times go. */
const maxMinute = 71_582_788;

function timestampOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Rows come by service, operation and minute. */
function seriesOf(minutes: readonly OperationMinute[]): OperationMinute[][] {
  const all: OperationMinute[][] = [];
  for (const minute of minutes) {
    const series = all.at(-1);
    const last = series?.at(-1);
    if (last?.service === minute.service && last.operation === minute.operation) series?.push(minute);
    else all.push([minute]);
  }
  return all;
}

function labelsOf([first]: readonly OperationMinute[], byOperation: boolean): Metric['labels'] {
  const service = { name: 'service_name', value: first?.service ?? '' };
  if (!byOperation) return [service];
  return [service, { name: 'operation', value: first?.operation ?? '' }];
}

/** One pass: minutes enter the window on one side and leave it on the other. */
function valuesOf(
  series: readonly OperationMinute[],
  points: readonly Point[],
  windowMinutes: number,
  measure: Measure,
): Metric['metricPoints'] {
  const histogram: Histogram = new Map();
  const sums = { seconds: windowMinutes * 60, calls: 0, errors: 0, histogram };
  const add = ({ calls, errors, histogram: more }: OperationMinute, times: 1 | -1): void => {
    sums.calls += times * calls;
    sums.errors += times * errors;
    addHistogram(histogram, more, times);
  };
  let entered = 0;
  let left = 0;
  let value: number | null = null;
  let valueOf = -1;
  return points.map(({ timestamp, toMinute }) => {
    for (let next = series[entered]; next !== undefined && next.minute < toMinute; next = series[++entered])
      add(next, 1);
    for (let next = series[left]; left < entered && next !== undefined; next = series[++left]) {
      if (next.minute >= toMinute - windowMinutes) break;
      add(next, -1);
    }
    if (valueOf !== toMinute) {
      value = measure.value(sums);
      valueOf = toMinute;
    }
    return { gaugeValue: { doubleValue: value ?? 'NaN' }, timestamp };
  });
}
