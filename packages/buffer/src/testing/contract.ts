/**
 * What every trace buffer must do, as tests: each adapter calls this from a test file of its own.
 */
import { PackedChunkIndex, type TraceId } from '@spanloom/span';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BufferError, BufferFullError, FencedError } from '../errors.ts';
import type { BufferClaim, BufferedChunk, BufferState, OpenChunk, TraceBuffer } from '../port.ts';

/** An empty buffer with room for more than 1 MB and less than 32 MB of chunks. */
export interface BufferFixture {
  readonly buffer: TraceBuffer;
  /** Loses everything that the buffer holds, claims too. */
  wipe(): Promise<void> | void;
  /** Takes one open chunk of the partition away behind the buffer's back. */
  loseChunk(stream: string, partition: number): Promise<void> | void;
  /** Closes the buffer and removes what it left. */
  discard(): Promise<void>;
}

const TRACE = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const START: BufferState = { applied: 100, reconciled: 7, streamTimeMs: 1_700_000_000_000 };

function chunk(offset: number, traceId: TraceId = TRACE, recordBytes = 50): BufferedChunk {
  return {
    offset,
    traceId,
    streamTimeMs: START.streamTimeMs + offset,
    index: {
      spanIds: Buffer.alloc(16, offset),
      parentIds: Buffer.alloc(16, offset + 1),
      marks: Buffer.from([1, 0b11_1010]),
      startNs: 1_700_000_000_000_000_001n,
      endNs: 1_700_000_000_000_000_002n + BigInt(offset),
      bodyBytes: 1234,
    },
    record: Buffer.alloc(recordBytes, `${offset} `),
  };
}

const upTo = (applied: number): { applied: number; streamTimeMs: number } => ({
  applied,
  streamTimeMs: START.streamTimeMs + applied,
});

/** Byte arrays as hex: whether an adapter answers with `Buffer` or `Uint8Array` is its own business. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof PackedChunkIndex) {
    const { spanIds, parentIds, marks, startNs, endNs, bodyBytes } = value;
    return plain({ spanIds, parentIds, marks, startNs, endNs, bodyBytes });
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
};
const withoutRecord = ({ offset, traceId, streamTimeMs, index }: BufferedChunk): unknown =>
  plain({ offset, traceId, streamTimeMs, index });

/** A chunk without a field of its own. */
class OpenChunkView implements OpenChunk {
  readonly #chunk: OpenChunk;

  constructor(chunk: OpenChunk) {
    this.#chunk = chunk;
  }

  get offset(): number {
    return this.#chunk.offset;
  }

  get traceId(): TraceId {
    return this.#chunk.traceId;
  }

  get streamTimeMs(): number {
    return this.#chunk.streamTimeMs;
  }

  get index(): OpenChunk['index'] {
    return this.#chunk.index;
  }
}

export function bufferContract(name: string, make: () => Promise<BufferFixture>): void {
  describe(`${name} keeps the promises of a trace buffer`, () => {
    let fixture: BufferFixture;
    let buffer: TraceBuffer;

    beforeEach(async () => {
      fixture = await make();
      ({ buffer } = fixture);
    });
    afterEach(() => fixture.discard());

    async function start(partition = 0): Promise<BufferClaim> {
      const { claim } = await buffer.claim('stream', partition);
      await claim.reset(START);
      return claim;
    }

    const calls: Readonly<Record<string, (claim: BufferClaim) => Promise<unknown>>> = {
      reset: (claim) => claim.reset(START),
      index: (claim) => claim.index(),
      append: (claim) => claim.append([chunk(200)], upTo(201)),
      records: (claim) => claim.records([chunk(100)]),
      release: (claim) => claim.release([chunk(100)], 9),
      check: (claim) => claim.check(),
    };

    describe('claim', () => {
      it('finds no state at first, and what was left afterwards', async () => {
        const first = await buffer.claim('stream', 0);
        expect(first.state).toBeNull();
        await first.claim.reset(START);
        await first.claim.append([chunk(100), chunk(101, OTHER)], upTo(102));
        await first.claim.release([chunk(101)], 9);

        const second = await buffer.claim('stream', 0);
        expect(second.state).toEqual({ ...upTo(102), reconciled: 9 });
        expect(plain(await second.claim.index())).toEqual([withoutRecord(chunk(100))]);
      });

      it.each(Object.entries(calls))('fences an older owner: %s', async (_, call) => {
        const older = await start();
        await older.append([chunk(100)], upTo(101));
        const { claim: newer } = await buffer.claim('stream', 0);
        await expect(call(older)).rejects.toBeInstanceOf(FencedError);
        await expect(call(older)).rejects.toMatchObject({ retryable: true });
        expect(await newer.index()).toHaveLength(1);
        await call(newer);
      });

      it.each(Object.entries(calls))('fences an owner whose buffer was wiped: %s', async (_, call) => {
        const claim = await start();
        await claim.append([chunk(100)], upTo(101));
        await fixture.wipe();
        await expect(call(claim)).rejects.toBeInstanceOf(FencedError);
        const again = await buffer.claim('stream', 0);
        expect(again.state).toBeNull();
        await expect(call(claim)).rejects.toBeInstanceOf(FencedError);
        await again.claim.reset(START);
        expect(await again.claim.index()).toEqual([]);
      });

      it('finds no usable state when a chunk is missing, and drops the rest', async () => {
        const claim = await start();
        await claim.append([chunk(100), chunk(101)], upTo(102));
        await fixture.loseChunk('stream', 0);
        const again = await buffer.claim('stream', 0);
        expect(again.state).toBeNull();
        await again.claim.reset(START);
        expect(await again.claim.index()).toEqual([]);
        expect(await buffer.peek('stream', 0, TRACE)).toEqual([]);
      });

      it('does not give the index away without a chunk that went missing after the claim', async () => {
        const claim = await start();
        await claim.append([chunk(100), chunk(101)], upTo(102));
        const again = await buffer.claim('stream', 0);
        expect(again.state).not.toBeNull();
        await fixture.loseChunk('stream', 0);
        await expect(again.claim.index()).rejects.toBeInstanceOf(FencedError);
        expect((await buffer.claim('stream', 0)).state).toBeNull();
      });

      it('keeps partitions and streams apart', async () => {
        const zero = await start(0);
        await zero.append([chunk(100)], upTo(101));
        const one = await start(1);
        expect(await one.index()).toEqual([]);
        expect((await buffer.claim('another', 0)).state).toBeNull();
        await zero.check();
        expect(await zero.index()).toHaveLength(1);
      });
    });

    describe('append', () => {
      it('keeps chunks, in the order of their offsets', async () => {
        const claim = await start();
        await claim.append([chunk(102), chunk(100, OTHER)], upTo(103));
        await claim.append([chunk(105)], upTo(106));
        const open = await claim.index();
        expect(plain(open)).toEqual([chunk(100, OTHER), chunk(102), chunk(105)].map(withoutRecord));
        expect(plain(await claim.records(open))).toEqual(
          [chunk(100, OTHER), chunk(102), chunk(105)].map(({ record }) => plain(record)),
        );
      });

      it('moves on without chunks', async () => {
        await (await start()).append([], upTo(150));
        expect((await buffer.claim('stream', 0)).state).toEqual({ ...upTo(150), reconciled: 7 });
      });

      it('changes nothing when repeated, also after a release', async () => {
        const claim = await start();
        const batch = [chunk(100), chunk(101, OTHER)];
        await claim.append(batch, upTo(102));
        await claim.append(batch, upTo(102));
        expect(await claim.index()).toHaveLength(2);
        await claim.release([chunk(100)], 8);
        await claim.append(batch, upTo(102));
        expect((await claim.index()).map(({ offset }) => offset)).toEqual([101]);
        expect((await buffer.claim('stream', 0)).state).toEqual({ ...upTo(102), reconciled: 8 });
      });

      it('is refused whole when there is no room, until something is released', async () => {
        const claim = await start();
        let offset = 100;
        let refused: unknown = null;
        while (refused === null && offset < 500) {
          const two = [chunk(offset, TRACE, 100_000), chunk(offset + 1, TRACE, 100_000)];
          await claim.append(two, upTo(offset + 2)).then(
            () => (offset += 2),
            (error: unknown) => (refused = error),
          );
        }
        expect(refused).toBeInstanceOf(BufferFullError);
        expect(refused).toMatchObject({ retryable: true });
        const open = await claim.index();
        expect(open.map((held) => held.offset)).toEqual(Array.from({ length: offset - 100 }, (_, k) => 100 + k));
        await claim.check();

        await claim.release(open.slice(0, 4), 8);
        await claim.append([chunk(offset, TRACE, 100_000), chunk(offset + 1, TRACE, 100_000)], upTo(offset + 2));
        expect(await claim.index()).toHaveLength(open.length - 2);
      });
    });

    it('takes chunks of any make: whose fields are asked for, and not their own', async () => {
      await (await start()).append([chunk(100), chunk(101, OTHER)], upTo(102));
      // Another owner, who has nothing at hand.
      const { claim } = await buffer.claim('stream', 0);
      const open = (await claim.index()).map((each): OpenChunk => new OpenChunkView(each));
      expect(plain(await claim.records(open))).toEqual([chunk(100), chunk(101)].map(({ record }) => plain(record)));
      await claim.release(open, 8);
      expect(await claim.index()).toEqual([]);
    });

    it('answers null for the record of a chunk that is not there', async () => {
      const claim = await start();
      await claim.append([chunk(100), chunk(101)], upTo(102));
      await claim.release([chunk(100)], 8);
      const records = await claim.records([chunk(101), chunk(100), chunk(999), chunk(101)]);
      const held = plain(chunk(101).record);
      expect(plain(records)).toEqual([held, null, null, held]);
    });

    it('releases chunks, once or twice, known or not', async () => {
      const claim = await start();
      await claim.append([chunk(100), chunk(101), chunk(102)], upTo(103));
      await claim.release([chunk(100), chunk(102)], 11);
      await claim.release([chunk(100), chunk(102), chunk(999)], 11);
      expect((await claim.index()).map(({ offset }) => offset)).toEqual([101]);
      expect((await buffer.claim('stream', 0)).state).toEqual({ ...upTo(103), reconciled: 11 });
    });

    it('drops everything at a reset', async () => {
      const claim = await start();
      await claim.append([chunk(100)], upTo(101));
      const state = { applied: 40, reconciled: 3, streamTimeMs: 5 };
      await claim.reset(state);
      expect(await claim.index()).toEqual([]);
      expect(await buffer.peek('stream', 0, TRACE)).toEqual([]);
      await claim.append([chunk(40)], { applied: 41, streamTimeMs: 6 });
      expect((await claim.index()).map(({ offset }) => offset)).toEqual([40]);
      expect((await buffer.claim('stream', 0)).state).toEqual({
        applied: 41,
        reconciled: 3,
        streamTimeMs: 6,
      });
    });

    it('shows the open chunks of a trace to anybody, and only those', async () => {
      expect(await buffer.peek('stream', 0, TRACE)).toEqual([]);
      const claim = await start();
      await claim.append([chunk(100), chunk(101, OTHER), chunk(102)], upTo(103));
      expect(plain(await buffer.peek('stream', 0, TRACE))).toEqual(plain([chunk(100), chunk(102)]));
      await claim.release([chunk(100)], 8);
      expect(plain(await buffer.peek('stream', 0, TRACE))).toEqual(plain([chunk(102)]));
      await claim.release([chunk(102)], 8);
      expect(await buffer.peek('stream', 0, TRACE)).toEqual([]);
      // Looking takes nothing from the owner.
      await claim.check();
    });

    describe('what is open, to anybody', () => {
      const look = (partition = 0): Promise<unknown> => buffer.openFigures('stream', partition);

      it('is not known without state', async () => {
        expect(await look()).toBeNull();
        const { claim } = await buffer.claim('stream', 0);
        expect(await look()).toBeNull();
        await claim.reset(START);
        expect(await look()).toEqual({ applied: 100, chunks: 0, traces: 0, spans: 0 });
        await fixture.wipe();
        expect(await look()).toBeNull();
      });

      it('is counted with all that comes and goes', async () => {
        const claim = await start();
        // Of two spans each.
        const batch = [chunk(100), chunk(101, OTHER), chunk(102)];
        await claim.append(batch, upTo(103));
        expect(await look()).toEqual({ applied: 103, chunks: 3, traces: 2, spans: 6 });
        await claim.append(batch, upTo(103));
        await claim.append([chunk(104)], upTo(106));
        expect(await look()).toEqual({ applied: 106, chunks: 4, traces: 2, spans: 8 });
        await claim.release([chunk(100), chunk(104)], 8);
        expect(await look()).toMatchObject({ chunks: 2, traces: 2, spans: 4 });
        await claim.release([chunk(100), chunk(102), chunk(999)], 8);
        expect(await look()).toMatchObject({ chunks: 1, traces: 1, spans: 2 });
        await claim.append([chunk(106)], upTo(107));
        expect(await look()).toMatchObject({ chunks: 2, traces: 2, spans: 4 });
        await buffer.claim('stream', 0);
        expect(await look()).toEqual({ applied: 107, chunks: 2, traces: 2, spans: 4 });
        expect(await look(1)).toBeNull();
      });

      it('is nothing after a reset', async () => {
        const claim = await start();
        await claim.append([chunk(100), chunk(101, OTHER)], upTo(102));
        await claim.reset(START);
        expect(await look()).toMatchObject({ chunks: 0, traces: 0, spans: 0 });
        await claim.append([chunk(100), chunk(101, OTHER)], upTo(102));
        expect(await look()).toMatchObject({ chunks: 2, traces: 2, spans: 4 });
      });

      it('is counted right when an append is taken back', async () => {
        const claim = await start();
        await claim.append([chunk(100)], upTo(101));
        const tooMuch = Array.from({ length: 120 }, (_, i) => chunk(101 + i, OTHER, 400_000));
        await expect(claim.append(tooMuch, upTo(221))).rejects.toBeInstanceOf(BufferFullError);
        expect(await look()).toEqual({ applied: 101, chunks: 1, traces: 1, spans: 2 });
      });

      it('is shown without records, by offset, for a bounded part of all offsets', async () => {
        expect(await buffer.openBetween('stream', 0, 0, 1000)).toEqual([]);
        const claim = await start();
        await claim.append([chunk(100), chunk(101, OTHER), chunk(105), chunk(106)], upTo(107));
        expect(plain(await buffer.openBetween('stream', 0, 101, 106))).toEqual(
          [chunk(101, OTHER), chunk(105)].map(withoutRecord),
        );
        await claim.release([chunk(105)], 8);
        expect(plain(await buffer.openBetween('stream', 0, -890, 107))).toEqual(
          [chunk(100), chunk(101, OTHER), chunk(106)].map(withoutRecord),
        );
        expect(await buffer.openBetween('stream', 0, 107, 100)).toEqual([]);
        await expect(buffer.openBetween('stream', 0, 0, 1001)).rejects.toBeInstanceOf(RangeError);
        // Looking takes nothing from the owner.
        await claim.check();
      });
    });

    it('answers nothing once closed', async () => {
      await buffer.close();
      await expect(buffer.claim('stream', 0)).rejects.toBeInstanceOf(BufferError);
    });
  });
}
