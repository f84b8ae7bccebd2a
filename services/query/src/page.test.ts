import { describe, expect, it } from 'vitest';

interface Line {
  readonly depth: number;
  readonly span?: { readonly name: string };
  readonly missing?: string;
}
interface Tree {
  flatten(trace: object): readonly object[];
  treeLines(spans: readonly object[]): readonly Line[];
}

/** The scripts of the page are plain JavaScript, outside of what tsc compiles. */
const { flatten, treeLines }: Tree = await import(new URL('../page/tree.js', import.meta.url).href);

function draw(spans: readonly object[]): string[] {
  const whole = spans.map((span, at) => ({ startTimeUnixNano: String(at), endTimeUnixNano: String(at + 1), ...span }));
  const lines = treeLines(flatten({ resourceSpans: [{ resource: {}, scopeSpans: [{ spans: whole }] }] }));
  return lines.map(({ depth, span, missing }) => `${'-'.repeat(depth)}${span?.name ?? `missing ${missing}`}`);
}

describe('the tree of a trace on the page', () => {
  it('puts children below their parent, by start', () => {
    expect(
      draw([
        { spanId: 'a', name: 'root' },
        { spanId: 'b', parentSpanId: 'a', name: 'second', startTimeUnixNano: '9' },
        { spanId: 'c', parentSpanId: 'a', name: 'first' },
        { spanId: 'd', parentSpanId: 'b', name: 'leaf' },
      ]),
    ).toEqual(['root', '-first', '-second', '--leaf']);
  });

  it('shows a parent that never came in the place where it would be', () => {
    expect(
      draw([
        { spanId: 'a', name: 'root' },
        { spanId: 'b', parentSpanId: 'x', name: 'orphan' },
      ]),
    ).toEqual(['root', 'missing x', '-orphan']);
  });

  it('draws a server under the client whose id it shares, and their children below the server', () => {
    expect(
      draw([
        { spanId: 'a', name: 'client', kind: 3 },
        { spanId: 'a', name: 'server', kind: 2 },
        { spanId: 'b', parentSpanId: 'a', name: 'child' },
      ]),
    ).toEqual(['client', '-server', '--child']);
  });

  it('draws every span once, also those in a circle', () => {
    expect(
      draw([
        { spanId: 'a', parentSpanId: 'b', name: 'a' },
        { spanId: 'b', parentSpanId: 'a', name: 'b' },
        { spanId: 'c', parentSpanId: 'c', name: 'c' },
      ])
        .map((line) => line.replaceAll('-', ''))
        .toSorted(),
    ).toEqual(['a', 'b', 'c']);
  });
});
