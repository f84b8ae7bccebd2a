import type { BufferedChunk, BufferState, OpenChunk } from '../port.ts';
import type { Argument } from './client/command.ts';
import { encodeEntries } from './entry.ts';
import { spansOf, sumOf } from './load.ts';

/** One script at a time holds up everybody: some 20 ms for so many chunks, and for so many bytes. */
const maxScriptChunks = 4000;
const maxScriptBytes = 8 * 1024 * 1024;

/** Chunks in parts for a script each. */
export function toParts<C extends OpenChunk>(chunks: readonly C[], bytesOf: (chunk: C) => number = () => 0): C[][] {
  const parts: C[][] = [];
  let bytes = Infinity;
  for (const chunk of chunks) {
    bytes += bytesOf(chunk);
    const last = parts.at(-1);
    if (last === undefined || last.length === maxScriptChunks || bytes > maxScriptBytes) {
      parts.push([chunk]);
      bytes = bytesOf(chunk);
    } else {
      last.push(chunk);
    }
  }
  return parts;
}

/** Applied, reconciled, stream time: as every script that sets the state takes them. */
export function stateArgs({ applied, reconciled, streamTimeMs }: BufferState): Argument[] {
  return [applied, reconciled, streamTimeMs];
}

/** What `append` takes after the state. */
export function appendArgs(chunks: readonly BufferedChunk[]): Argument[] {
  const args: Argument[] = [sumOf(chunks), spansOf(chunks), chunks.length];
  const entries = encodeEntries(chunks);
  for (const [i, { offset }] of chunks.entries()) args.push(offset, entries[i] ?? '');
  for (const [traceId, ofTrace] of byTrace(chunks)) {
    args.push(traceId, ofTrace.length);
    for (const { offset, record } of ofTrace) args.push(offset, asBuffer(record));
  }
  return args;
}

/** What `release` takes after the state. */
export function releaseArgs(chunks: readonly OpenChunk[]): Argument[] {
  const args: Argument[] = [sumOf(chunks), spansOf(chunks), chunks.length];
  for (const { offset } of chunks) args.push(offset);
  for (const [traceId, ofTrace] of byTrace(chunks)) {
    args.push(traceId, ofTrace.length);
    for (const { offset } of ofTrace) args.push(offset);
  }
  return args;
}

/** What `drop` takes. */
export function dropArgs(chunks: readonly { readonly offset: string; readonly traceId: string | null }[]): Argument[] {
  const traces = new Set(chunks.flatMap(({ traceId }) => (traceId === null ? [] : [traceId])));
  return [chunks.length, ...chunks.map(({ offset }) => offset), ...traces];
}

export function byTrace<C extends Pick<OpenChunk, 'traceId'>>(chunks: readonly C[]): Map<string, C[]> {
  const traces = new Map<string, C[]>();
  for (const chunk of chunks) {
    const ofTrace = traces.get(chunk.traceId);
    if (ofTrace === undefined) traces.set(chunk.traceId, [chunk]);
    else ofTrace.push(chunk);
  }
  return traces;
}

/** The client sends a `Buffer` as it is, and anything else as text. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
