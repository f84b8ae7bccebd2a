/** OTLP JSON to a flat list: each span with its service, times in milliseconds, and a key of its own. */
export function flatten(trace) {
  const spans = [];
  for (const { resource, scopeSpans } of trace.resourceSpans) {
    const name = resource.attributes?.find((attribute) => attribute.key === 'service.name')?.value;
    const service = name?.stringValue ?? '(no service name)';
    for (const group of scopeSpans) {
      for (const span of group.spans) {
        const startNs = BigInt(span.startTimeUnixNano);
        const lengthNs = BigInt(span.endTimeUnixNano) - startNs;
        spans.push({
          ...span,
          key: `${span.spanId}/${span.kind ?? 0}`,
          service,
          resource,
          startNs,
          durationMs: lengthNs > 0n ? Number(lengthNs) / 1e6 : 0,
        });
      }
    }
  }
  return spans;
}

const client = 3;
const server = 2;

/**
 * Lines of the tree, depth first, children by start: `{ span, depth }`, and `{ missing, depth }` for
 * a parent that never came. Every span is there once, whatever its parents say (also circles).
 */
export function treeLines(spans) {
  const clients = new Set(spans.filter((span) => span.kind === client).map((span) => span.spanId));
  const known = new Set(spans.map((span) => span.spanId));
  const children = new Map();
  const tops = [];
  for (const span of spans.toSorted((a, b) => (a.startNs < b.startNs ? -1 : Number(a.startNs > b.startNs)))) {
    const parent = parentKey(span, clients);
    if (parent === null) tops.push({ span });
    else if (!children.has(parent)) children.set(parent, [span]);
    else children.get(parent).push(span);
  }
  for (const parent of children.keys()) {
    if (!known.has(parent.split('/')[0])) tops.push({ missing: parent });
  }
  const lines = [];
  const seen = new Set();
  // A stack of our own: a chain of 10,000 spans is deeper than the call stack.
  const walk = (top) => {
    const stack = [{ ...top, depth: 0 }];
    while (stack.length > 0) {
      const line = stack.pop();
      if (line.span !== undefined && seen.has(line.span.key)) continue;
      if (line.span !== undefined) seen.add(line.span.key);
      lines.push(line);
      for (const child of childrenOf(line).toReversed()) stack.push({ span: child, depth: line.depth + 1 });
    }
  };
  const childrenOf = ({ span, missing }) => {
    if (span === undefined) return children.get(missing) ?? [];
    const isSharedClient = span.kind === client && children.has(`${span.spanId}/shared`);
    if (isSharedClient) return children.get(`${span.spanId}/shared`);
    return children.get(span.spanId) ?? [];
  };
  tops.forEach(walk);
  for (const span of spans) if (!seen.has(span.key)) walk({ span });
  return lines;
}

/** Zipkin's server span has the id of its client: it is drawn below it, and the children below the server. */
function parentKey(span, clients) {
  if (span.kind === server && clients.has(span.spanId)) return `${span.spanId}/shared`;
  return span.parentSpanId === undefined || span.parentSpanId === '' ? null : span.parentSpanId;
}
