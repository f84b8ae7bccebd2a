import type { NewRecord } from '@spanloom/log';
import type { Admission, Refusal } from '../admission.ts';
import { tooLarge } from '../http/body.ts';
import type { Intake, RequestFormat } from '../intake.ts';
import type { Outcome } from '../outcome.ts';
import { deadLetter } from './dead-letters.ts';
import type { Patience } from './patience.ts';

/** A record of a collector's topic. Its key is of no interest: traces are keyed anew. */
export interface InputRecord {
  readonly topic: string;
  readonly partition: number;
  /** In decimal, as kafkajs gives it. */
  readonly offset: string;
  readonly value: Buffer | null;
}

/** What becomes of a record, in the end. */
export type Taken =
  | { readonly type: 'accepted'; readonly spans: number }
  /** It can never be read; a dead letter says so. */
  | { readonly type: 'malformed'; readonly reason: string }
  /** Nobody waits any longer: it stays where it is. */
  | { readonly type: 'left' };

export interface TakeOptions {
  readonly intake: Pick<Intake, 'accept'>;
  readonly admission: Pick<Admission, 'enter'>;
  readonly bury: (letter: NewRecord) => Promise<void>;
  readonly format: RequestFormat;
  readonly maxRequestBytes: number;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Told of each try after which the record has to wait. */
  readonly onRefusal: (reason: string) => void;
}

/**
 * Hands a record to the intake, as often as it takes: resolves once its spans are durable, or a dead
 * letter about it is, or the signal has aborted.
 */
export async function takeRecord(record: InputRecord, options: TakeOptions): Promise<Taken> {
  const { bury, patience, signal, onRefusal } = options;
  let malformed = unreadable(record, options.maxRequestBytes);
  while (!signal.aborted) {
    if (malformed === null) {
      const outcome = await attempt(record.value ?? Buffer.alloc(0), options);
      if (outcome.type === 'accepted') return { type: 'accepted', spans: outcome.acceptedSpans };
      if (isRefusal(outcome)) onRefusal(outcome.message);
      // The same bytes bring the same fault, ours too: it must not hold up what comes after them.
      else malformed = outcome.message;
    }
    if (malformed !== null) {
      try {
        await bury(deadLetter(record, malformed));
        return { type: 'malformed', reason: malformed };
      } catch (error) {
        onRefusal(error instanceof Error ? error.message : String(error));
      }
    }
    await patience.wait();
  }
  return { type: 'left' };
}

function unreadable({ value }: InputRecord, maxRequestBytes: number): string | null {
  if (value === null) return 'The record has no value.';
  return value.length > maxRequestBytes ? tooLarge('The record', maxRequestBytes).message : null;
}

async function attempt(value: Buffer, { admission, intake, format }: TakeOptions): Promise<Outcome> {
  const hold = admission.enter(value.length);
  if ('type' in hold) return hold;
  try {
    return await intake.accept(value, format);
  } finally {
    hold.leave();
  }
}

function isRefusal(outcome: Outcome): outcome is Refusal {
  return outcome.type === 'overloaded' || outcome.type === 'unavailable';
}
