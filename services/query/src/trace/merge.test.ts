import { describe, expect, it } from 'vitest';
import { SpanKind } from '@spanloom/span';
import { aSpan } from '../testing/spans.ts';
import { mergeTrace } from './merge.ts';

const root = aSpan({ spanId: '00000000000000a1', name: 'root' });
const child = aSpan({ spanId: '00000000000000a2', parentSpanId: root.spanId, name: 'child' });
const late = aSpan({ spanId: '00000000000000a3', parentSpanId: root.spanId, name: 'late' });
const nothing = { spans: [], fragmentOf: [], chunkOffsets: [] };

describe('merging a trace', () => {
  it('keeps stored, finished and open spans in that order', () => {
    const merged = mergeTrace({
      stored: { spans: [root], fragmentOf: [2], chunkOffsets: [1] },
      finished: [{ offset: 2, spans: [child] }],
      open: [{ offset: 3, spans: [late] }],
    });
    expect(merged.spans.map((span) => span.name)).toEqual(['root', 'child', 'late']);
    expect(merged).toMatchObject({ fragmentOf: [2, null, null], duplicateSpans: 0, open: true });
  });

  it('counts a chunk that moved on while it was read once, and as no duplicate', () => {
    const chunk = { offset: 7, spans: [root, child] };
    const merged = mergeTrace({
      stored: { spans: [root, child], fragmentOf: [0, -1], chunkOffsets: [7] },
      finished: [chunk],
      open: [chunk],
    });
    expect(merged.spans).toEqual([root, child]);
    expect(merged).toMatchObject({ fragmentOf: [0, null], duplicateSpans: 0, open: false });
  });

  it('drops a span that was sent twice, and says so; the first in log order wins', () => {
    const again = { ...root, name: 'root, sent again' };
    const merged = mergeTrace({
      stored: nothing,
      finished: [],
      open: [
        { offset: 9, spans: [again] },
        { offset: 8, spans: [root] },
      ],
    });
    expect(merged.spans.map((span) => span.name)).toEqual(['root']);
    expect(merged.duplicateSpans).toBe(1);
  });

  it('keeps a client and a server that share one id', () => {
    const client = { ...root, kind: SpanKind.client };
    const server = { ...root, kind: SpanKind.server };
    expect(mergeTrace({ stored: nothing, finished: [], open: [{ offset: 1, spans: [client, server] }] }).spans).toEqual(
      [client, server],
    );
  });
});
