import { Mark, StatusCode, wholeness, type Span, type Wholeness } from '@spanloom/span';

/** Whether these spans, from wherever they came, make a whole trace: the assembler's own rule. */
export function wholenessOfSpans(spans: readonly Span[]): Wholeness {
  const hex = (ids: readonly string[]): Buffer => Buffer.from(ids.join(''), 'hex');
  return wholeness([
    {
      spanIds: hex(spans.map((span) => span.spanId)),
      parentIds: hex(spans.map((span) => span.parentSpanId.padStart(16, '0'))),
      marks: Uint8Array.from(spans, markOf),
      startNs: 0n,
      endNs: 0n,
      bodyBytes: 0,
    },
  ]);
}

/** Bits of OTLP's `SpanFlags`: whether the sender knows where the parent is, and whether that is elsewhere. */
const hasIsRemote = 0x100;
const isRemote = 0x200;

function markOf(span: Span): number {
  let mark: number = span.kind;
  if ((span.flags & hasIsRemote) !== 0) mark |= Mark.parentKnown;
  if ((span.flags & isRemote) !== 0) mark |= Mark.parentRemote;
  if (span.status.code === StatusCode.error) mark |= Mark.error;
  return mark;
}
