import type { SpanId } from './span.ts';

/** Why a trace, or this part of it, left the assembler. See packages/assembly/SPEC.md. */
export type CloseReason = 'complete' | 'quiet' | 'maxAge' | 'maxSpans' | 'maxBytes' | 'pressure';

/** Whether the spans at hand make a whole trace. */
export interface Wholeness {
  /** One root and no gap inside, or one remote root and no gap inside. */
  readonly complete: boolean;
  /** The only missing parent is outside what reports to us: a browser, an ingress, a partner. */
  readonly remoteRoot: boolean;
  /** Spans without a parent id. */
  readonly roots: number;
  /** Parent ids that no span has, in order of appearance; at most {@link maxMissingNamed}. */
  readonly missingParents: readonly SpanId[];
  /** How many there are in all. */
  readonly missingCount: number;
}

/** A verdict names at most this many missing parents; `missingCount` has them all. */
export const maxMissingNamed = 20;
