import type { Attribute, Resource, Span, SpanId } from '@spanloom/span';
import { goDuration } from './go-text.ts';
import { jsonText } from './tags.ts';

/** How far the clock of a host seems to be behind that of its caller. */
interface Skew {
  readonly host: string;
  readonly deltaNs: bigint;
}

interface Node {
  readonly at: number;
  readonly span: Span;
  readonly host: string;
  readonly children: Node[];
}

/**
 * What Jaeger warns of when it is told not to correct clocks, as it is by default: one list of
 * warnings for each span. A host has one clock; where a span's host differs from its parent's, or is
 * not known, the span should lie within its parent, with equal time before and after it.
 */
export function skewWarnings(spans: readonly Span[]): string[][] {
  const warnings: string[][] = spans.map(() => []);
  const nodes = new Map<SpanId, Node>();
  for (const [at, span] of spans.entries()) {
    if (nodes.has(span.spanId)) warnings[at]?.push('duplicate span IDs; skipping clock skew adjustment');
    else nodes.set(span.spanId, { at, span, host: hostOf(span.resource), children: [] });
  }
  const tops: Node[] = [];
  for (const node of nodes.values()) {
    const { parentSpanId } = node.span;
    const parent = nodes.get(parentSpanId);
    if (parent !== undefined) {
      parent.children.push(node);
      continue;
    }
    tops.push(node);
    if (parentSpanId === '') continue;
    warnings[node.at]?.push(`parent span ID=${parentSpanId} is not in the trace; skipping clock skew adjustment`);
  }
  // A list of what is left to visit: traces are deeper than a stack.
  const left: [Node, Skew][] = tops.map((node) => [node, { host: node.host, deltaNs: 0n }]);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [node, skew] = next;
    if (skew.deltaNs !== 0n) {
      const delta = goDuration(skew.deltaNs);
      warnings[node.at]?.push(`clock skew adjustment disabled; not applying calculated delta of ${delta}`);
    }
    for (const child of node.children) {
      const sameClock = child.host === skew.host && child.host !== '';
      left.push([child, sameClock ? skew : { host: child.host, deltaNs: deltaOf(child.span, node.span) }]);
    }
  }
  return warnings;
}

function deltaOf(child: Span, parent: Span): bigint {
  const start = child.startTimeUnixNano;
  const parentStart = parent.startTimeUnixNano;
  const durationNs = child.endTimeUnixNano - start;
  const parentDurationNs = parent.endTimeUnixNano - parentStart;
  // Longer than its parent: it went on without it, or the parent gave up. All that is known is who began.
  if (durationNs > parentDurationNs) return start < parentStart ? parentStart - start : 0n;
  if (start >= parentStart && child.endTimeUnixNano <= parent.endTimeUnixNano) return 0n;
  return parentStart + (parentDurationNs - durationNs) / 2n - start;
}

function hostOf({ attributes }: Resource): string {
  for (const key of ['host.id', 'host.ip', 'host.name']) {
    const value = attributes.find((attribute) => attribute.key === key)?.value;
    if (value !== undefined) return textOf(value);
  }
  return '';
}

function textOf(value: Attribute['value']): string {
  if (value.type === 'string') return value.value;
  const first = value.type === 'array' ? value.value[0] : undefined;
  return first === undefined ? '' : first.type === 'string' ? first.value : jsonText(first);
}
