import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { follows, judgeAppend } from '../../journal/chain.ts';
import {
  CHAIN_START,
  type ChainHead,
  corrupt,
  decodeRecord,
  encodeRecord,
  headAfter,
  type JournalRecord,
  recordLength,
} from '../../journal/record.ts';
import type { Sha256 } from '../../base/sha256.ts';
import { decodeSnapshot, encodeManifest, type Snapshot } from '../../journal/snapshot.ts';
import type { JournalStore } from '../../journal/store.ts';
import { judgeSnapshotHead, readRecords, type RecordSource } from './read.ts';

/**
 * A pretended disk: what on it outlives a store that crashed. `log` has the bytes of each record (of the last one
 * perhaps only the first). `bytesUntilCrash` is how many more bytes of records it takes before the writer dies in the
 * middle of the write, or after its last byte but before its answer (null: it never does).
 */
export type MemoryDisk = {
  readonly log: Uint8Array[];
  snapshot: { readonly manifest: Uint8Array; readonly chunks: readonly Uint8Array[] } | null;
  bytesUntilCrash: number | null;
  isOpen: boolean;
};

export function createMemoryDisk(): MemoryDisk {
  return { log: [], snapshot: null, bytesUntilCrash: null, isOpen: false };
}

/**
 * A store in memory, for simulation and tests. Like a real one it recovers what a crash left: a record cut short at
 * the end is dropped, anything else that is not as it was written is JOURNAL_CORRUPT. It is harsher than a store with
 * transactions in one way: of a batch that crashed, any number of first records may survive.
 * Refuses JOURNAL_LOCKED when the disk is in use.
 */
export function openMemoryStore(disk: MemoryDisk, sha256: Sha256): JournalStore | Failure {
  if (disk.isOpen) {
    return refuse('JOURNAL_LOCKED', {
      field: 'journal',
      value: 'memory',
      expected: 'a disk that is not in use',
    });
  }
  const last = disk.log.at(-1);
  if (last !== undefined && recordLength(last, 0) === null) disk.log.pop();
  const span = recoverSpan(disk, sha256);
  if (isFailure(span)) return span;
  disk.isOpen = true;
  return new MemoryStore(disk, span, sha256);
}

type Span = { readonly head: ChainHead; readonly seqFirst: number };

function readSnapshot(disk: MemoryDisk, sha256: Sha256): Snapshot | null | Failure {
  return disk.snapshot === null ? null : decodeSnapshot(disk.snapshot.manifest, disk.snapshot.chunks, sha256);
}

function recoverSpan(disk: MemoryDisk, sha256: Sha256): Span | Failure {
  let head: ChainHead | null = null;
  let seqFirst: number | null = null;
  for (const bytes of disk.log) {
    const record = decodeRecord(bytes, sha256);
    if (isFailure(record)) return record;
    if (head !== null && !follows(head, record))
      return corrupt(`record ${head.seqNext}`, `record ${record.seq}`);
    seqFirst ??= record.seq;
    head = headAfter(record);
  }
  const snapshot = readSnapshot(disk, sha256);
  if (isFailure(snapshot)) return snapshot;
  head ??= snapshot?.head ?? CHAIN_START;
  return { head, seqFirst: seqFirst ?? head.seqNext };
}

class MemoryStore implements JournalStore {
  readonly #disk: MemoryDisk;
  readonly #source: RecordSource;
  #span: Span;
  #isCrashed = false;

  constructor(disk: MemoryDisk, span: Span, sha256: Sha256) {
    this.#disk = disk;
    this.#span = span;
    this.#source = {
      seqFirst: () => this.#span.seqFirst,
      head: () => this.#span.head,
      rows: (seqFrom) => disk.log.slice(seqFrom - this.#span.seqFirst),
      sha256,
    };
  }

  head(): ChainHead {
    return this.#span.head;
  }

  seqFirst(): number {
    return this.#span.seqFirst;
  }

  append(seqExpected: number, records: readonly JournalRecord[]): ChainHead | Failure {
    const bad = this.#judgeWrite() ?? judgeAppend(this.head(), seqExpected, records);
    if (bad !== null) return bad;
    for (const record of records) {
      const bytes = encodeRecord(record);
      const budget = this.#disk.bytesUntilCrash;
      if (budget !== null && budget <= bytes.length) return this.#crash(bytes.subarray(0, budget));
      if (budget !== null) this.#disk.bytesUntilCrash = budget - bytes.length;
      this.#disk.log.push(bytes);
    }
    const last = records.at(-1);
    if (last !== undefined) this.#span = { ...this.#span, head: headAfter(last) };
    return this.head();
  }

  read(seqFrom: number): Iterable<JournalRecord | Failure> {
    return readRecords(this.#source, seqFrom);
  }

  saveSnapshot(snapshot: Snapshot): Snapshot | Failure {
    const bad = this.#judgeWrite() ?? judgeSnapshotHead(this.#source, snapshot.head);
    if (bad !== null) return bad;
    const chunks = snapshot.chunks.map((chunk) => chunk.slice());
    this.#disk.snapshot = { manifest: encodeManifest(snapshot, this.#source.sha256), chunks };
    return snapshot;
  }

  latestSnapshot(): Snapshot | null | Failure {
    return readSnapshot(this.#disk, this.#source.sha256);
  }

  compact(): number | Failure {
    const snapshot = this.#judgeWrite() ?? this.latestSnapshot();
    if (isFailure(snapshot)) return snapshot;
    const { head, seqFirst } = this.#span;
    const dropped = Math.max(0, (snapshot?.head.seqNext ?? seqFirst) - seqFirst);
    this.#disk.log.splice(0, dropped);
    this.#span = { head, seqFirst: seqFirst + dropped };
    return this.#span.seqFirst;
  }

  close(): void {
    if (!this.#isCrashed) this.#disk.isOpen = false;
  }

  #judgeWrite(): Failure | null {
    return this.#isCrashed ? this.#writeFailed() : null;
  }

  #crash(written: Uint8Array): Failure {
    if (written.length > 0) this.#disk.log.push(written.slice());
    this.#isCrashed = true;
    this.#disk.isOpen = false;
    this.#disk.bytesUntilCrash = null;
    return this.#writeFailed();
  }

  #writeFailed(): Failure {
    const expected = 'a disk that takes the write';
    return refuse('JOURNAL_WRITE_FAILED', { field: 'journal', value: 'memory', expected });
  }
}
