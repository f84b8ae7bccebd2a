import type { OperationFigures } from '../figures.ts';
import { addToBucket, bucketIndex } from '../histogram.ts';
import type { SpanKind } from '../span.ts';
import { StatusCode } from '../span.ts';
import type { SpanTable } from '../table.ts';
import { boundedSum } from './bounded-sum.ts';
import { BucketSums } from './bucket-sums.ts';
import { KeyedSums } from './keyed-sums.ts';
import { PathFinder, selfTimeNs } from './path.ts';
import type { TraceShape } from './shape.ts';

const Sum = {
  calls: 0,
  sampledCalls: 1,
  errors: 2,
  originErrors: 3,
  selfTimeNs: 4,
  criticalPathNs: 5,
  localSpans: 6,
} as const;

/** Sums spans by minute, service, operation and kind. */
export class OperationSums {
  readonly #table: SpanTable;
  readonly #paths: PathFinder = new PathFinder();
  /** Keys: minute, service, kind, operation. */
  readonly #sums: KeyedSums = new KeyedSums(7);
  readonly #buckets: BucketSums = new BucketSums();

  constructor(table: SpanTable) {
    this.#table = table;
  }

  /** Adds the spans of a trace, or takes them away. Every sum counts a span with its own weight. */
  add(shape: TraceShape, sign: 1 | -1): void {
    this.#paths.find(shape);
    for (let span = 0; span < shape.count; span += 1) this.#addSpan(shape, span, sign);
  }

  /** The sums by key, without those that are all zero. */
  figures(): Map<string, OperationFigures> {
    const operations = new Map<string, OperationFigures>();
    const ofEntry = Array.from({ length: this.#sums.count }, (_, entry) => this.#merge(operations, entry));
    this.#buckets.visit((entry, bucket, count) => {
      const figures = ofEntry[entry];
      if (figures !== undefined) addToBucket(figures.duration, bucket, count);
    });
    for (const [key, figures] of operations) if (isZero(figures)) operations.delete(key);
    return operations;
  }

  #addSpan(shape: TraceShape, span: number, sign: 1 | -1): void {
    const { minute, service, kind, operation, status, weight, durationNs } = this.#table;
    const sums = this.#sums;
    const row = shape.row[span] ?? 0;
    const entry = sums.entry(minute[row] ?? 0, service[row] ?? 0, kind[row] ?? 0, operation[row] ?? 0);
    const weighted = sign * (weight[row] ?? 1);
    sums.add(entry, Sum.calls, weighted);
    sums.add(entry, Sum.sampledCalls, sign);
    if (status[row] === StatusCode.error) {
      sums.add(entry, Sum.errors, weighted);
      if (!hasFailingChild(this.#table, shape, span)) sums.add(entry, Sum.originErrors, weighted);
    }
    sums.add(entry, Sum.selfTimeNs, weighted * selfTimeNs(shape, span));
    sums.add(entry, Sum.criticalPathNs, weighted * (this.#paths.onPathNs[span] ?? 0));
    const above = shape.parent[span] ?? -1;
    if (above >= 0 && service[shape.row[above] ?? 0] === service[row]) sums.add(entry, Sum.localSpans, sign);
    this.#buckets.add(entry, bucketIndex(durationNs[row] ?? 0), weighted);
  }

  /** Adds an entry's sums to the figures of its key. Entries share one where a service was interned twice. */
  #merge(operations: Map<string, OperationFigures>, entry: number): OperationFigures {
    const made = this.#emptyFigures(entry);
    const key = JSON.stringify([made.minute, made.service, made.kind, made.operation]);
    const figures = operations.get(key) ?? made;
    operations.set(key, figures);
    figures.calls = boundedSum(figures.calls, this.#sums.get(entry, Sum.calls));
    figures.sampledCalls += this.#sums.get(entry, Sum.sampledCalls);
    figures.errors = boundedSum(figures.errors, this.#sums.get(entry, Sum.errors));
    figures.originErrors = boundedSum(figures.originErrors, this.#sums.get(entry, Sum.originErrors));
    figures.selfTimeNs = boundedSum(figures.selfTimeNs, this.#sums.get(entry, Sum.selfTimeNs));
    figures.criticalPathNs = boundedSum(figures.criticalPathNs, this.#sums.get(entry, Sum.criticalPathNs));
    figures.localSpans += this.#sums.get(entry, Sum.localSpans);
    return figures;
  }

  #emptyFigures(entry: number): OperationFigures {
    const service = this.#table.services.values[this.#sums.key(entry, 1)];
    return {
      minute: this.#sums.key(entry, 0),
      service: {
        environment: service?.environment ?? '',
        namespace: service?.namespace ?? '',
        name: service?.name ?? '',
      },
      operation: this.#table.strings.values[this.#sums.key(entry, 3)] ?? '',
      kind: this.#sums.key(entry, 2) as SpanKind,
      calls: 0,
      sampledCalls: 0,
      errors: 0,
      originErrors: 0,
      duration: new Map(),
      selfTimeNs: 0,
      criticalPathNs: 0,
      localSpans: 0,
    };
  }
}

function hasFailingChild(table: SpanTable, shape: TraceShape, span: number): boolean {
  for (let child = shape.firstChild[span] ?? -1; child >= 0; child = shape.nextSibling[child] ?? -1) {
    if (table.status[shape.row[child] ?? 0] === StatusCode.error) return true;
  }
  return false;
}

function isZero(operation: OperationFigures): boolean {
  return (
    operation.calls === 0 &&
    operation.sampledCalls === 0 &&
    operation.errors === 0 &&
    operation.originErrors === 0 &&
    operation.selfTimeNs === 0 &&
    operation.criticalPathNs === 0 &&
    operation.localSpans === 0 &&
    operation.duration.size === 0
  );
}
