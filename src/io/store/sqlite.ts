import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Failure, isFailure } from '../../base/failure.ts';
import { judgeAppend } from '../../journal/chain.ts';
import {
  CHAIN_START,
  type ChainHead,
  corrupt,
  decodeRecord,
  encodeRecord,
  headAfter,
  type JournalRecord,
} from '../../journal/record.ts';
import type { Sha256 } from '../../base/sha256.ts';
import { decodeManifest, decodeSnapshot, encodeManifest, type Snapshot } from '../../journal/snapshot.ts';
import type { JournalStore } from '../../journal/store.ts';
import { judgeSnapshotHead, readRecords, type RecordSource } from './read.ts';
import { openJournalFile, readFailure, writeFailure } from './sqlite-file.ts';

/** Records fetched at a time while reading. */
const READ_ROWS = 512;

/**
 * Opens (or creates) the journal in one SQLite file (JOURNAL-008): write-ahead log, full synchronisation, one process at a time.
 * After a kill it stands at the last commit. Refuses FILE_UNREADABLE, JOURNAL_LOCKED, JOURNAL_CORRUPT.
 */
export function openSqliteStore(path: string, sha256: Sha256): JournalStore | Failure {
  const database = openJournalFile(path);
  if (isFailure(database)) return database;
  try {
    const span = readSpan(database, sha256);
    if (!isFailure(span)) return new SqliteStore({ path, database, span, sha256 });
    database.close();
    return span;
  } catch (error) {
    database.close();
    return readFailure(error, path);
  }
}

type Span = { readonly head: ChainHead; readonly seqFirst: number };

/**
 * What the file holds: from its oldest record, or the newest snapshot where no record is left, to its last record.
 * Records only ever begin where the chain does or where a snapshot stands.
 */
function readSpan(database: DatabaseSync, sha256: Sha256): Span | Failure {
  const newest = database.prepare('SELECT seq, manifest FROM snapshot ORDER BY seq DESC LIMIT 1').get();
  const manifest = newest === undefined ? null : decodeManifest(toBytes(newest['manifest']), sha256);
  if (isFailure(manifest)) return manifest;
  const last = database.prepare('SELECT seq, bytes FROM record ORDER BY seq DESC LIMIT 1').get();
  const record = last === undefined ? null : decodeRecord(toBytes(last['bytes']), sha256);
  if (isFailure(record)) return record;
  const head = record === null ? (manifest?.head ?? CHAIN_START) : headAfter(record);
  const oldest = database.prepare('SELECT seq FROM record ORDER BY seq LIMIT 1').get();
  const seqFirst = oldest === undefined ? head.seqNext : Number(oldest['seq']);
  const isNumbered = newest?.['seq'] === manifest?.head.seqNext && last?.['seq'] === record?.seq;
  const isWithin =
    manifest === null || (manifest.head.seqNext >= seqFirst && manifest.head.seqNext <= head.seqNext);
  const base = database.prepare('SELECT seq FROM snapshot WHERE seq = ?').get(seqFirst);
  if (isNumbered && isWithin && (seqFirst === 0 || base !== undefined)) return { head, seqFirst };
  return corrupt('records and snapshots that meet', `records ${seqFirst} to ${head.seqNext}`);
}

class SqliteStore implements JournalStore {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #source: RecordSource;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  #span: Span;
  #writeFailure: Failure | null = null;

  constructor(opened: { path: string; database: DatabaseSync; span: Span; sha256: Sha256 }) {
    this.#path = opened.path;
    this.#database = opened.database;
    this.#span = opened.span;
    this.#insert = opened.database.prepare('INSERT INTO record (seq, bytes) VALUES (?, ?)');
    this.#select = opened.database.prepare(
      `SELECT bytes FROM record WHERE seq >= ? ORDER BY seq LIMIT ${READ_ROWS}`,
    );
    this.#source = {
      seqFirst: () => this.#span.seqFirst,
      head: () => this.#span.head,
      rows: (seqFrom) => this.#rows(seqFrom),
      sha256: opened.sha256,
    };
  }

  head(): ChainHead {
    return this.#span.head;
  }

  seqFirst(): number {
    return this.#span.seqFirst;
  }

  append(seqExpected: number, records: readonly JournalRecord[]): ChainHead | Failure {
    const bad = this.#writeFailure ?? judgeAppend(this.head(), seqExpected, records);
    if (bad !== null) return bad;
    const last = records.at(-1);
    if (last === undefined) return this.head();
    const failed = this.#commit(() => {
      for (const record of records) this.#insert.run(record.seq, encodeRecord(record));
    });
    if (failed !== null) return failed;
    this.#span = { ...this.#span, head: headAfter(last) };
    return this.head();
  }

  read(seqFrom: number): Iterable<JournalRecord | Failure> {
    return readRecords(this.#source, seqFrom);
  }

  saveSnapshot(snapshot: Snapshot): Snapshot | Failure {
    const bad = this.#writeFailure ?? judgeSnapshotHead(this.#source, snapshot.head);
    if (bad !== null) return bad;
    const seq = snapshot.head.seqNext;
    const failed = this.#commit(() => {
      this.#dropSnapshots('=', seq);
      const manifest = encodeManifest(snapshot, this.#source.sha256);
      this.#database.prepare('INSERT INTO snapshot (seq, manifest) VALUES (?, ?)').run(seq, manifest);
      const insert = this.#database.prepare('INSERT INTO snapshot_chunk (seq, part, bytes) VALUES (?, ?, ?)');
      for (const [part, chunk] of snapshot.chunks.entries()) insert.run(seq, part, chunk);
    });
    return failed ?? snapshot;
  }

  latestSnapshot(): Snapshot | null | Failure {
    try {
      const row = this.#database
        .prepare('SELECT seq, manifest FROM snapshot ORDER BY seq DESC LIMIT 1')
        .get();
      if (row === undefined) return null;
      const chunks = this.#database
        .prepare('SELECT bytes FROM snapshot_chunk WHERE seq = ? ORDER BY part')
        .all(row['seq']!);
      const parts = chunks.map(({ bytes }) => toBytes(bytes));
      const snapshot = decodeSnapshot(toBytes(row['manifest']), parts, this.#source.sha256);
      if (isFailure(snapshot) || snapshot.head.seqNext === row['seq']) return snapshot;
      return corrupt(`the snapshot of ${snapshot.head.seqNext}`, `the snapshot of ${String(row['seq'])}`);
    } catch (error) {
      return readFailure(error, this.#path);
    }
  }

  compact(): number | Failure {
    const snapshot = this.#writeFailure ?? this.latestSnapshot();
    if (isFailure(snapshot)) return snapshot;
    const seq = snapshot?.head.seqNext ?? 0;
    const failed = this.#commit(() => {
      this.#database.prepare('DELETE FROM record WHERE seq < ?').run(seq);
      this.#dropSnapshots('<', seq);
    });
    if (failed !== null) return failed;
    this.#span = { ...this.#span, seqFirst: Math.max(seq, this.#span.seqFirst) };
    return this.#span.seqFirst;
  }

  close(): void {
    this.#database.close();
  }

  #dropSnapshots(which: '=' | '<', seq: number): void {
    this.#database.prepare(`DELETE FROM snapshot WHERE seq ${which} ?`).run(seq);
    this.#database.prepare(`DELETE FROM snapshot_chunk WHERE seq ${which} ?`).run(seq);
  }

  /** Runs `write` in one transaction that is on the disk when this returns null. The first failure ends all writing. */
  #commit(write: () => void): Failure | null {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      write();
      this.#database.exec('COMMIT');
      return null;
    } catch (error) {
      this.#writeFailure = writeFailure(error, this.#path);
      this.#rollBack();
      return this.#writeFailure;
    }
  }

  #rollBack(): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    } catch (error) {
      writeFailure(error, this.#path);
    }
  }

  *#rows(seqFrom: number): Generator<Uint8Array | Failure, void> {
    let seq = seqFrom;
    for (;;) {
      const page = this.#page(seq);
      if (isFailure(page)) {
        yield page;
        return;
      }
      yield* page;
      if (page.length < READ_ROWS) return;
      seq += page.length;
    }
  }

  #page(seqFrom: number): Uint8Array[] | Failure {
    try {
      return this.#select.all(seqFrom).map(({ bytes }) => toBytes(bytes));
    } catch (error) {
      return readFailure(error, this.#path);
    }
  }
}

/** A column that should be a blob; anything else becomes bytes that no decoder accepts. */
function toBytes(column: unknown): Uint8Array {
  return column instanceof Uint8Array ? column : new Uint8Array(0);
}
