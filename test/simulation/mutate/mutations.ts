import type { Bugs } from '../world/run.ts';

/** A line of the product that is replaced, found by its words: how they are laid out does not matter. */
export interface Edit {
  /** How the path of the compiled file ends. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** A deliberate mistake: in the product's code, or in what the simulation puts around it. */
export interface Mutation {
  readonly why: string;
  readonly edits?: readonly Edit[];
  readonly bugs?: Partial<Bugs>;
}

const assembler = (file: string, find: string, put: string): readonly Edit[] => [
  { file: `assembler/dist/${file}.js`, find, put },
];
const sink = (file: string, find: string, put: string): readonly Edit[] => [
  { file: `sink/dist/${file}.js`, find, put },
];

/** Not a mistake: limits that no small workload meets, made small. */
export const tightLimits: readonly Edit[] = [
  ...assembler('emit', 'const maxSendRecords = 1000;', 'const maxSendRecords = 2;'),
  ...assembler('emit', 'const maxReadTraces = 500;', 'const maxReadTraces = 2;'),
  ...assembler('records', 'maxSpans: 100_000,', 'maxSpans: 4,'),
];

/** Mistakes that the simulation must notice; each was, or could have been, made. */
export const mutations: Readonly<Record<string, Mutation>> = {
  'commit-before-emit': {
    why: 'a crash between the two loses the trace',
    edits: assembler(
      'partition',
      'await finish(closings); await beat();',
      'for (const closing of closings) for (const chunk of closing.chunks) chunk.pending.done = true; await commit(); await finish(closings); await beat();',
    ),
  },
  'release-before-emit': {
    why: 'a crash between the two loses the trace',
    edits: assembler(
      'emit',
      "const appended = await log.append('traces', lease.partition, send.records, lease);",
      "await state.claim.release(send.chunks, 0); const appended = await log.append('traces', lease.partition, send.records, lease);",
    ),
  },
  'ignore-owner': { why: 'a zombie writes into the buffer of its successor', bugs: { ignoresOwner: true } },
  'no-reconcile': {
    why: 'what is emitted and not released goes out again, and traces are split anew',
    edits: assembler(
      'recover',
      'const emitted = await readEmitted(log, partition, state.reconciled, positions);',
      'const emitted = new OffsetSet();',
    ),
  },
  'cut-by-reader': {
    why: 'the next reader makes other batches, and no token or marker fits them',
    edits: sink(
      'partition',
      'for (const cut of cutter.add(toCutRecord(each))) {',
      'for (const cut of each === records.at(-1) ? [records.map(toCutRecord)] : []) {',
    ),
  },
  'no-strip': {
    why: 'a chunk that was emitted twice is stored twice',
    edits: sink('build', 'if (seen.has(chunk.offset) || mine.has(chunk.offset)) {', 'if (mine.has(chunk.offset)) {'),
  },
  'no-strip-within': {
    why: 'the same, within one batch',
    edits: sink('build', 'if (seen.has(chunk.offset) || mine.has(chunk.offset)) {', 'if (seen.has(chunk.offset)) {'),
  },
  'strip-own-rows': {
    why: 'a batch that a crash left half done is stripped of its own rows',
    edits: sink('claim', 'below: position }', 'below: Number.MAX_SAFE_INTEGER }'),
  },
  'no-look': {
    why: 'tokens bridge retries, not outages',
    edits: sink('partition', 'look: now.look });', 'look: false });'),
  },
  'look-once': {
    why: 'a server that is killed may remember a token and lose its block',
    edits: sink(
      'write',
      'if (!(await store.insert(table, batch, attempt))) return;',
      'await store.insert(table, batch, attempt); return;',
    ),
  },
  'lease-from-build': { why: 'a zombie inserts when its token is forgotten', bugs: { leaseGraceMs: 900_000 } },
  'watermark-too-high': {
    why: 'the figures claim what is not there',
    edits: assembler('emit', 'return { offset, streamTimeMs };', 'return { offset: offset + 1, streamTimeMs };'),
  },
  'time-per-batch': {
    why: 'who reads in larger portions closes traces earlier',
    edits: assembler(
      'partition',
      'window.advance(record.appendTimeMs)',
      'window.advance(records.reduce((max, each) => Math.max(max, each.appendTimeMs), 0))',
    ),
  },
  'no-sum': { why: 'a key vanished from the buffer, and nobody asks', bugs: { trustsWithoutSum: true } },
  'no-dedupe': {
    why: 'a span that was sent twice is stored twice',
    edits: sink(
      'build',
      'dropDuplicates(table, rowsOf(...corrected, ...drafts));',
      '{ rows: rowsOf(...corrected, ...drafts), dropped: 0 };',
    ),
  },
  'record-before-insert': {
    why: 'a crash between the two loses the batch',
    edits: sink(
      'partition',
      'const written = await writeBatch(',
      'await record({ ...id, a: piece.cutFrom }, watermark, built); const written = await writeBatch(',
    ),
  },
  'no-correction': {
    why: 'what comes late is counted as if it were alone',
    edits: sink('build', 'recent.mayHave(idBytes)', 'false'),
  },
  'blind-resume': {
    why: 'another sink had the partition, and stored further',
    edits: sink('partition', '(last?.id.b ?? null) !== now.recordedTo', 'false'),
  },
  'resume-without-end': {
    why: 'another assembler had the partition, and the buffer went back to before its claim',
    edits: assembler('partition', 'high !== state().positions.end', 'false'),
  },
  'resume-without-look': {
    why: 'another sink had the partition, and died with half a batch stored',
    edits: sink('partition', 'now.look = true;', ''),
  },
  'late-position': {
    why: 'a start without a buffer reads `traces` from too far on',
    edits: assembler('partition', 'positions.lowestFor(lowest.offset)', 'positions.reconciledFor(Infinity)'),
  },
  'reconcile-too-far': {
    why: 'the buffer forgets what is emitted and not applied yet',
    edits: assembler('positions', 'if (this.#largest < applied)', 'if (applied >= 0)'),
  },
  'fragments-first': {
    why: 'a record that the figures refuse is taken back though it was never counted',
    edits: [
      {
        file: 'store/dist/port.js',
        find: "['resources', 'spans', 'edges_minute', 'operations_minute', 'fragments']",
        put: "['resources', 'spans', 'fragments', 'edges_minute', 'operations_minute']",
      },
    ],
  },
  'no-floor': {
    why: 'the ranges of what is stored grow with every tick, for ever',
    edits: sink('partition', 'now.seen.raiseFloor(watermark.offset);', ''),
  },
  'endless-ranges': {
    why: 'what was emitted before a start is remembered for ever',
    edits: assembler('partition', 'emitted.raiseFloor(lowest.offset);', ''),
  },
  'endless-sends': {
    why: 'each send is remembered for ever',
    edits: assembler('positions', 'if (first > 0)', 'if (false)'),
  },
  'no-ticks': {
    why: 'nothing closes where nothing comes',
    edits: assembler('partition', 'heartbeat.tickDue(nowMs, state().window.openTraces)', 'false'),
  },
};
