import { err, ok, SpanKind, type Result } from '@spanloom/span';
import { parseKind } from './answers.ts';
import { all, boolean, first, integer, ofParameter, type QueryString } from './params.ts';

/** A request for figures over time. */
export interface MetricsParams {
  readonly services: readonly string[];
  readonly kinds: readonly SpanKind[];
  readonly byOperation: boolean;
  /** The last point is at or before `endMs`, the first at `endMs - lookbackMs`. */
  readonly endMs: number;
  readonly lookbackMs: number;
  readonly stepMs: number;
  /** Each point tells of that long before it. */
  readonly ratePerMs: number;
}

/** Prometheus, which Jaeger asks, gives no more either. */
const maxPoints = 11_000;

/** In Jaeger's order, with its defaults: an hour until now, a point every 5 s, each of 10 minutes. */
export function parseMetrics(query: QueryString, nowMs: number): Result<MetricsParams, string> {
  const services = all(query, 'service');
  if (services.length === 0) return err("unable to parse param 'service': please provide at least one service name");
  const byOperation = boolean(query, 'groupByOperation');
  if (!byOperation.ok) return byOperation;
  const kinds = parseKinds(all(query, 'spanKind'));
  if (!kinds.ok) return kinds;
  const endMs = integer(query, 'endTs', nowMs);
  if (!endMs.ok) return endMs;
  const lookbackMs = integer(query, 'lookback', 3_600_000);
  if (!lookbackMs.ok) return lookbackMs;
  const stepMs = integer(query, 'step', 5_000);
  if (!stepMs.ok) return stepMs;
  const ratePerMs = integer(query, 'ratePer', 600_000);
  if (!ratePerMs.ok) return ratePerMs;
  if (lookbackMs.value < 0) return err("'lookback' must not be negative");
  if (stepMs.value <= 0) return err("'step' must be greater than 0");
  if (ratePerMs.value <= 0) return err("'ratePer' must be greater than 0");
  if (lookbackMs.value / stepMs.value > maxPoints) {
    return err(`exceeded maximum resolution of ${maxPoints} points per timeseries; raise 'step'`);
  }
  return ok({
    services,
    kinds: kinds.value,
    byOperation: byOperation.value,
    endMs: endMs.value,
    lookbackMs: lookbackMs.value,
    stepMs: stepMs.value,
    ratePerMs: ratePerMs.value,
  });
}

/** Of latencies; from 0 to 1. */
export function parseQuantile(query: QueryString): Result<number, string> {
  const text = first(query, 'quantile');
  const q = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(q)) {
    return ofParameter('quantile', err(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`));
  }
  return q >= 0 && q <= 1 ? ok(q) : err("'quantile' must be between 0 and 1");
}

function parseKinds(texts: readonly string[]): Result<readonly SpanKind[], string> {
  if (texts.length === 0) return ok([SpanKind.server]);
  const kinds: SpanKind[] = [];
  for (const text of texts) {
    const kind = parseKind(text);
    if (kind === null) return ofParameter('spanKind', err(`unsupported span kind: '${text}'`));
    kinds.push(kind);
  }
  return ok(kinds);
}
