import type { Failure } from '../base/failure.ts';
import type { ChainHead, JournalRecord } from './record.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Where a journal is kept: the port that an embedded store fills today and a replicated log can fill later.
 * One writer; every call returns when what it says is durable. A store that once failed to write refuses every later
 * write with JOURNAL_WRITE_FAILED: what the disk holds is then only known after reopening.
 */
export type JournalStore = {
  /** Sequence number of the next record and hash of the last. */
  head(): ChainHead;
  /** Sequence number of the oldest record still held; equals `head().seqNext` when none is. */
  seqFirst(): number;
  /**
   * Appends records, all or none. Refuses JOURNAL_SEQUENCE_MISMATCH when `seqExpected` is not the next one or the
   * records do not follow the head and one another, JOURNAL_WRITE_FAILED when the disk does not take them.
   */
  append(seqExpected: number, records: readonly JournalRecord[]): ChainHead | Failure;
  /**
   * Records from `seqFrom` to the head as it is when reading begins, each checked against its hash and the one before
   * it. Records may be appended meanwhile, but not dropped. A failure
   * (JOURNAL_CORRUPT; JOURNAL_SEQUENCE_MISMATCH for records dropped or not yet there) is the last thing yielded.
   */
  read(seqFrom: number): Iterable<JournalRecord | Failure>;
  /** Keeps a snapshot. Refuses JOURNAL_SEQUENCE_MISMATCH when its chain head is not in this journal. */
  saveSnapshot(snapshot: Snapshot): Snapshot | Failure;
  /** The newest snapshot, its hashes checked; null when none was ever saved. Refuses JOURNAL_CORRUPT. */
  latestSnapshot(): Snapshot | null | Failure;
  /** Drops what the newest snapshot stands for: older snapshots and the records before it. Returns the new `seqFirst`. */
  compact(): number | Failure;
  close(): void;
};
