import type { OtlpTraces } from './otlp.ts';

/** A part of a trace as text of JSON: what is around the spans of a resource or scope, or a span. */
export type Piece =
  | { readonly type: 'head'; readonly depth: number; readonly object: object; readonly key: string }
  | { readonly type: 'item'; readonly depth: number; readonly object: object; readonly isLast: boolean }
  | { readonly type: 'tail'; readonly depth: number; readonly isLast: boolean };

/** What holds many things, from the outside in. */
const levels = ['resourceSpans', 'scopeSpans', 'spans'] as const;

/** The whole trace in its order; nothing of it is text yet. */
export function piecesOf(traces: OtlpTraces): readonly Piece[] {
  const pieces: Piece[] = [];
  const add = (object: object, level: number, isLast: boolean) => {
    const depth = level * 2;
    const key = levels[level];
    const inside: unknown = key === undefined ? undefined : (object as Record<string, unknown>)[key];
    if (key === undefined || !Array.isArray(inside)) {
      pieces.push({ type: 'item', depth, object, isLast });
      return;
    }
    pieces.push({ type: 'head', depth, object, key });
    for (const [at, each] of inside.entries()) add(each as object, level + 1, at === inside.length - 1);
    pieces.push({ type: 'tail', depth, isLast });
  };
  add(traces, 0, true);
  return pieces;
}

/** The lines of a piece, the last of them without its end. */
export function pieceText(piece: Piece): string {
  const pad = '  '.repeat(piece.depth);
  switch (piece.type) {
    case 'head': {
      const { [piece.key]: _, ...rest } = piece.object as Record<string, unknown>;
      const before = Object.keys(rest).length === 0 ? '{' : `${JSON.stringify(rest, null, 2).slice(0, -2)},`;
      return indented(`${before}\n  ${JSON.stringify(piece.key)}: [`, pad);
    }
    case 'item':
      return indented(JSON.stringify(piece.object, null, 2), pad) + (piece.isLast ? '' : ',');
    case 'tail':
      return indented('  ]\n}', pad) + (piece.isLast ? '' : ',');
  }
}

/** Line breaks inside of texts are escaped: each that is there begins a line. */
function indented(text: string, pad: string): string {
  return pad + text.replaceAll('\n', `\n${pad}`);
}

/** About how many lines a piece has, without making its text. */
export function pieceLines(piece: Piece): number {
  if (piece.type === 'tail') return 2;
  const { attributes, events, links } = piece.object as Record<'attributes' | 'events' | 'links', unknown>;
  const count = (list: unknown) => (Array.isArray(list) ? list.length : 0);
  return 12 + 6 * count(attributes) + 16 * (count(events) + count(links));
}

/** So long a page may be busy without being felt. */
const busyMs = 8;

/** The text of all pieces, made bit by bit: the page answers meanwhile. */
export async function wholeText(pieces: readonly Piece[]): Promise<Blob> {
  const done: Blob[] = [];
  let lines: string[] = [];
  let startedMs = performance.now();
  for (const piece of pieces) {
    lines.push(pieceText(piece), '\n');
    if (performance.now() - startedMs < busyMs) continue;
    // One blob of all texts would copy them all at once.
    done.push(new Blob(lines));
    lines = [];
    await new Promise((resolve) => setTimeout(resolve));
    startedMs = performance.now();
  }
  return new Blob([...done, ...lines], { type: 'application/json' });
}
