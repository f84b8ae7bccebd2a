import { describe, expect, it } from 'vitest';
import { SpanKind } from '@spanloom/span';
import { aSpan } from '../testing/spans.ts';
import { wholenessOfSpans } from './verdict.ts';

const missing = '00000000000000ee';

describe('the verdict over merged spans', () => {
  it('is complete with one root and every parent', () => {
    const root = aSpan();
    const child = aSpan({ spanId: '00000000000000a1', parentSpanId: root.spanId });
    expect(wholenessOfSpans([child, root])).toMatchObject({ complete: true, roots: 1, missingCount: 0 });
  });

  it('names a missing parent', () => {
    const orphan = aSpan({ spanId: '00000000000000a1', parentSpanId: missing });
    expect(wholenessOfSpans([aSpan(), orphan])).toMatchObject({ complete: false, missingParents: [missing] });
  });

  it('takes a server whose only missing parent is elsewhere for whole, unless its sender says it is local', () => {
    const entry = aSpan({ parentSpanId: missing, kind: SpanKind.server });
    expect(wholenessOfSpans([entry])).toMatchObject({ complete: true, remoteRoot: true });
    expect(wholenessOfSpans([{ ...entry, flags: 0x301 }])).toMatchObject({ complete: true, remoteRoot: true });
    expect(wholenessOfSpans([{ ...entry, flags: 0x101 }])).toMatchObject({ complete: false, remoteRoot: false });
  });
});
