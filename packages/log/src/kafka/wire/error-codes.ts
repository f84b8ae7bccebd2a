/** What the codes mean that brokers answer a produce or a fetch with. */

interface KnownError {
  readonly name: string;
  /** Another try may go better. Of what is not listed, too: a later broker knows more. */
  readonly retryable: boolean;
  /** The records may be in the log all the same. */
  readonly uncertain?: boolean;
}

export const OFFSET_OUT_OF_RANGE = 1;
export const UNKNOWN_TOPIC = 3;

const KNOWN: Readonly<Record<number, KnownError>> = {
  1: { name: 'offset out of range', retryable: false },
  2: { name: 'corrupt batch', retryable: true },
  3: { name: 'unknown topic or partition', retryable: true },
  5: { name: 'no leader', retryable: true },
  6: { name: 'not the leader', retryable: true },
  7: { name: 'timed out', retryable: true, uncertain: true },
  10: { name: 'batch too large', retryable: false },
  17: { name: 'invalid topic', retryable: false },
  18: { name: 'batch larger than a segment', retryable: false },
  19: { name: 'too few in-sync replicas', retryable: true },
  20: { name: 'too few in-sync replicas after the append', retryable: true, uncertain: true },
  29: { name: 'not authorized for the topic', retryable: false },
  31: { name: 'not authorized for the cluster', retryable: false },
  43: { name: 'format of the batch too old or too new', retryable: false },
  45: { name: 'out of sequence', retryable: true },
  46: { name: 'sequence too old', retryable: true, uncertain: true },
  47: { name: 'fenced producer', retryable: true },
  56: { name: 'storage error', retryable: true, uncertain: true },
  59: { name: 'unknown producer', retryable: true },
  74: { name: 'fenced leader epoch', retryable: true },
  75: { name: 'unknown leader epoch', retryable: true },
  78: { name: 'offset not available yet', retryable: true },
  87: { name: 'invalid record', retryable: false },
};

export function knownError(code: number): KnownError {
  return KNOWN[code] ?? { name: `error ${code}`, retryable: true, uncertain: true };
}

/** The broker does not go on from the sequence that it was given: a new producer must begin. */
export function lostSequence(code: number): boolean {
  return code === 45 || code === 46 || code === 47 || code === 59;
}
