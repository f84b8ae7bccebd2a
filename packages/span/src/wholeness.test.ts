import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChunkIndex } from './chunk.ts';
import { Mark } from './chunk.ts';
import { SpanKind } from './span.ts';
import { SpanTable } from './table.ts';
import { wholeness, wholenessOfRows } from './wholeness.ts';

interface Entry {
  readonly id: number;
  readonly parent: number;
  readonly kind: number;
  readonly marks?: number;
}

const { server, client, internal, consumer } = SpanKind;
const local = Mark.parentKnown;
const remote = Mark.parentKnown | Mark.parentRemote;

function chunk(spans: readonly Entry[]): ChunkIndex {
  const spanIds = new Uint8Array(8 * spans.length);
  const parentIds = new Uint8Array(8 * spans.length);
  for (const [at, span] of spans.entries()) {
    // The high half matters as much as the low one.
    new DataView(spanIds.buffer).setBigUint64(8 * at, BigInt(span.id) << 31n);
    new DataView(parentIds.buffer).setBigUint64(8 * at, BigInt(span.parent) << 31n);
  }
  const marks = Uint8Array.from(spans, (span) => span.kind | (span.marks ?? 0));
  return { spanIds, parentIds, marks, startNs: 0n, endNs: 0n, bodyBytes: 0 };
}

function table(spans: readonly Entry[]): SpanTable {
  const made = new SpanTable();
  for (const span of spans) {
    const row = made.addRow();
    made.idHi[row] = Math.floor(span.id / 2);
    made.idLo[row] = (span.id << 31) >>> 0;
    made.parentHi[row] = Math.floor(span.parent / 2);
    made.parentLo[row] = (span.parent << 31) >>> 0;
    made.kind[row] = span.kind;
    made.marks[row] = span.marks ?? 0;
  }
  return made;
}

const root = { id: 1, parent: 0, kind: server };
const cases: readonly {
  what: string;
  spans: readonly Entry[];
  verdict: 'complete' | 'remote root' | 'incomplete';
  roots: number;
  missing: number;
}[] = [
  { what: 'no spans', spans: [], verdict: 'incomplete', roots: 0, missing: 0 },
  { what: 'one root', spans: [root], verdict: 'complete', roots: 1, missing: 0 },
  {
    what: 'child before root',
    spans: [{ id: 2, parent: 1, kind: client }, root],
    verdict: 'complete',
    roots: 1,
    missing: 0,
  },
  {
    what: 'two roots',
    spans: [root, { id: 2, parent: 0, kind: server }],
    verdict: 'incomplete',
    roots: 2,
    missing: 0,
  },
  {
    what: 'a gap below a root',
    spans: [root, { id: 3, parent: 2, kind: server }],
    verdict: 'incomplete',
    roots: 1,
    missing: 1,
  },
  {
    what: 'a remote root',
    spans: [{ id: 3, parent: 2, kind: server }],
    verdict: 'remote root',
    roots: 0,
    missing: 1,
  },
  {
    what: 'a remote root with two children, one flagged remote',
    spans: [
      { id: 3, parent: 2, kind: server, marks: remote },
      { id: 4, parent: 2, kind: consumer },
      { id: 5, parent: 4, kind: internal },
    ],
    verdict: 'remote root',
    roots: 0,
    missing: 1,
  },
  {
    what: 'a local parent is missing',
    spans: [{ id: 3, parent: 2, kind: server, marks: local }],
    verdict: 'incomplete',
    roots: 0,
    missing: 1,
  },
  {
    what: 'an inner span lost its parent',
    spans: [{ id: 3, parent: 2, kind: internal }],
    verdict: 'incomplete',
    roots: 0,
    missing: 1,
  },
  {
    what: 'one of the children is inner',
    spans: [
      { id: 3, parent: 2, kind: server },
      { id: 4, parent: 2, kind: client },
      { id: 5, parent: 2, kind: server },
    ],
    verdict: 'incomplete',
    roots: 0,
    missing: 1,
  },
  {
    what: 'two remote parents',
    spans: [
      { id: 3, parent: 2, kind: server },
      { id: 4, parent: 9, kind: server },
    ],
    verdict: 'incomplete',
    roots: 0,
    missing: 2,
  },
  {
    what: 'a repeated root',
    spans: [root, root, { id: 2, parent: 1, kind: client }],
    verdict: 'complete',
    roots: 1,
    missing: 0,
  },
  {
    what: 'an id shared by client and server, the server without parent',
    spans: [root, { id: 2, parent: 1, kind: client }, { id: 2, parent: 0, kind: server }],
    verdict: 'complete',
    roots: 1,
    missing: 0,
  },
  {
    what: 'its own parent',
    spans: [{ id: 1, parent: 1, kind: server }],
    verdict: 'incomplete',
    roots: 0,
    missing: 0,
  },
];

describe('wholeness', () => {
  test.each(cases)('$what: $verdict', ({ spans, verdict, roots, missing }) => {
    const found = wholeness([chunk(spans)]);
    expect(found).toMatchObject({
      complete: verdict !== 'incomplete',
      remoteRoot: verdict === 'remote root',
      roots,
      missingCount: missing,
    });
    expect(found.missingParents).toHaveLength(missing);
    expect(wholenessOfRows(table(spans), 0, spans.length)).toEqual(found);
  });

  test('missing parents are named once each, in order, and at most 20 of them', () => {
    const spans = Array.from({ length: 60 }, (_, n) => ({
      id: 1000 + n,
      parent: 100 + (n >> 1),
      kind: internal,
    }));
    const found = wholeness([chunk(spans)]);
    expect(found.missingCount).toBe(30);
    expect(found.missingParents).toHaveLength(20);
    expect(found.missingParents.slice(0, 2)).toEqual(['0000003200000000', '0000003280000000']);
  });

  test('how spans came in chunks does not matter, nor that some came twice', () => {
    const span = fc.record({
      id: fc.integer({ min: 1, max: 8 }),
      parent: fc.integer({ min: 0, max: 9 }),
      kind: fc.constantFrom(server, client, internal),
      marks: fc.constantFrom(0, local, remote),
    });
    fc.assert(
      fc.property(fc.array(fc.array(span, { maxLength: 5 }), { maxLength: 5 }), (chunks) => {
        const whole = wholeness([chunk(chunks.flat())]);
        expect(wholeness(chunks.map(chunk))).toEqual(whole);
        expect(wholeness([...chunks, ...chunks].map(chunk))).toEqual(whole);
      }),
    );
  });

  test('100,000 spans, with ids that count up, take time linear in their number', () => {
    const spans = Array.from({ length: 100_000 }, (_, n) => ({
      id: n + 1,
      parent: n,
      kind: internal,
    }));
    expect(wholeness([chunk(spans)])).toMatchObject({ complete: true, roots: 1 });
    expect(wholeness([chunk(spans.slice(1))])).toMatchObject({
      complete: false,
      missingParents: ['0000000080000000'],
    });
  });

  test('rows outside the range are not looked at', () => {
    const spans = table([{ id: 7, parent: 6, kind: internal }, root, { id: 8, parent: 6, kind: internal }]);
    expect(wholenessOfRows(spans, 1, 2)).toMatchObject({ complete: true, roots: 1 });
  });
});
