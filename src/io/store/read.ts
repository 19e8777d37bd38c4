import { type Failure, isFailure } from '../../base/failure.ts';
import { sameBytes } from '../../base/bytes.ts';
import { follows, sequenceMismatch } from '../../journal/chain.ts';
import {
  CHAIN_START,
  type ChainHead,
  corrupt,
  decodeRecord,
  headAfter,
  type JournalRecord,
} from '../../journal/record.ts';
import type { Sha256 } from '../../base/sha256.ts';

/** What a store has to say for its records to be read: `rows` gives their bytes in order, from a sequence number on. */
export type RecordSource = {
  readonly seqFirst: () => number;
  readonly head: () => ChainHead;
  readonly rows: (seqFrom: number) => Iterable<Uint8Array | Failure>;
  readonly sha256: Sha256;
};

/**
 * Records from `seqFrom` to the head as it is when reading begins, checked: hash of each, link to the one before, none
 * missing at either end.
 * The first failure (JOURNAL_CORRUPT, JOURNAL_SEQUENCE_MISMATCH) is the last thing yielded.
 */
export function* readRecords(
  source: RecordSource,
  seqFrom: number,
): Generator<JournalRecord | Failure, void> {
  const head = source.head();
  if (seqFrom < source.seqFirst() || seqFrom > head.seqNext) {
    yield sequenceMismatch(seqFrom, `${source.seqFirst()} to ${head.seqNext}`);
    return;
  }
  if (seqFrom === head.seqNext) return;
  let at: ChainHead | null = seqFrom === 0 ? CHAIN_START : null;
  for (const bytes of source.rows(seqFrom)) {
    const record = isFailure(bytes) ? bytes : decodeRecord(bytes, source.sha256);
    if (isFailure(record)) {
      yield record;
      return;
    }
    at ??= { seqNext: seqFrom, hash: record.previousHash };
    if (!follows(at, record)) {
      yield corrupt(`record ${at.seqNext}`, `record ${record.seq}`);
      return;
    }
    yield record;
    at = headAfter(record);
    if (at.seqNext === head.seqNext) break;
  }
  if (at === null || at.seqNext !== head.seqNext || !sameBytes(at.hash, head.hash)) {
    yield corrupt(`records up to ${head.seqNext}`, `the end after ${at?.seqNext ?? seqFrom}`);
  }
}

/** Whether a snapshot that stands at `head` belongs to this chain: null, or JOURNAL_SEQUENCE_MISMATCH. */
export function judgeSnapshotHead(source: RecordSource, { seqNext, hash }: ChainHead): Failure | null {
  const isHeld = seqNext >= source.seqFirst() && seqNext <= source.head().seqNext;
  const there = isHeld ? hashBefore(source, seqNext) : null;
  if (there !== null && sameBytes(there, hash)) return null;
  return sequenceMismatch(
    seqNext,
    `a place in the chain from ${source.seqFirst()} to ${source.head().seqNext}`,
  );
}

function hashBefore(source: RecordSource, seqNext: number): Uint8Array | null {
  if (seqNext === source.head().seqNext) return source.head().hash;
  for (const record of readRecords(source, seqNext)) return isFailure(record) ? null : record.previousHash;
  return null;
}
