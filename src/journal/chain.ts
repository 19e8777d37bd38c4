import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { sameBytes, toHex } from '../base/bytes.ts';
import { CHAIN_START, type ChainHead, corrupt, headAfter, type JournalRecord } from './record.ts';
import type { Snapshot } from './snapshot.ts';
import type { JournalStore } from './store.ts';

/**
 * Whether `records` may be appended where `head` stands (JOURNAL-003): null, or JOURNAL_SEQUENCE_MISMATCH. Checks sequence numbers and
 * links, not the records' own hashes: those were made by whoever sealed them and are recomputed by whoever reads them.
 */
export function judgeAppend(
  head: ChainHead,
  seqExpected: number,
  records: readonly JournalRecord[],
): Failure | null {
  if (seqExpected !== head.seqNext) {
    return sequenceMismatch(seqExpected, `${head.seqNext}, the next in the journal`);
  }
  let at = head;
  for (const record of records) {
    if (!follows(at, record))
      return sequenceMismatch(record.seq, `record ${at.seqNext} after ${toHex(at.hash)}`);
    at = headAfter(record);
  }
  return null;
}

/** JOURNAL_SEQUENCE_MISMATCH: `seq` came, `expected` says what would have fitted. */
export function sequenceMismatch(seq: number, expected: string): Failure {
  return refuse('JOURNAL_SEQUENCE_MISMATCH', { field: 'seq', value: seq, expected });
}

/**
 * Passes on records as long as each follows the one before it (the first follows `from`); the first failure, own or
 * passed on, is the last thing yielded.
 */
export function* followChain(
  from: ChainHead,
  source: Iterable<JournalRecord | Failure>,
): Generator<JournalRecord | Failure, void> {
  let at = from;
  for (const record of source) {
    if (isFailure(record)) {
      yield record;
      return;
    }
    if (!follows(at, record)) {
      yield corrupt(`record ${at.seqNext} after ${toHex(at.hash)}`, `record ${record.seq}`);
      return;
    }
    yield record;
    at = headAfter(record);
  }
}

/** What a state is rebuilt from: the snapshot to begin with (null: from nothing) and the records to apply after it. */
export type Replay = {
  readonly snapshot: Snapshot | null;
  readonly records: Iterable<JournalRecord | Failure>;
};

/**
 * The way back to the state at the head (JOURNAL-006): the newest snapshot and the records after it, linked to it by hash.
 * Refuses JOURNAL_CORRUPT for a snapshot that is not as it was written; the records end with a failure if they are not.
 */
export function openReplay(store: JournalStore): Replay | Failure {
  const snapshot = store.latestSnapshot();
  if (isFailure(snapshot)) return snapshot;
  const from = snapshot?.head ?? CHAIN_START;
  return { snapshot, records: followChain(from, store.read(from.seqNext)) };
}

/** `failure` null: every record that is held is as it was written, linked from the oldest to the head. */
export type ChainReport = {
  readonly seqFirst: number;
  readonly records: number;
  readonly head: ChainHead;
  readonly failure: Failure | null;
};

/** Reads and checks everything a store holds: each record, each link, the newest snapshot, and that they meet. */
export function assessChain(store: JournalStore): ChainReport {
  const seqFirst = store.seqFirst();
  const report = { seqFirst, records: 0, head: store.head() };
  const snapshot = store.latestSnapshot();
  if (isFailure(snapshot)) return { ...report, failure: snapshot };
  let at: ChainHead | null = seqFirst === 0 ? CHAIN_START : null;
  let records = 0;
  const isMeeting = (): boolean =>
    at === null || at.seqNext !== snapshot?.head.seqNext || sameBytes(at.hash, snapshot.head.hash);
  for (const record of store.read(seqFirst)) {
    if (isFailure(record)) return { ...report, records, failure: record };
    at ??= { seqNext: record.seq, hash: record.previousHash };
    const failure =
      !isMeeting() || !follows(at, record) ? corrupt('an unbroken chain', `record ${record.seq}`) : null;
    if (failure !== null) return { ...report, records, failure };
    at = headAfter(record);
    records += 1;
  }
  return {
    ...report,
    records,
    failure: isMeeting() ? null : corrupt('the head of the snapshot', 'the chain'),
  };
}

export function follows(head: ChainHead, record: JournalRecord): boolean {
  return record.seq === head.seqNext && sameBytes(record.previousHash, head.hash);
}
