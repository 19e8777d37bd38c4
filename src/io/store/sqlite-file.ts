import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Failure, refuse } from '../../base/failure.ts';
import { corrupt } from '../../journal/record.ts';
import { judgeWriteAheadLog } from './sqlite-wal.ts';

/** 'PLIM', in the file header: says that the file is a journal of ours. */
const APPLICATION_ID = 0x504c494d;
const FORMAT_VERSION = 1;

const SCHEMA = `
  CREATE TABLE record (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE snapshot (seq INTEGER PRIMARY KEY, manifest BLOB NOT NULL) STRICT;
  CREATE TABLE snapshot_chunk (seq INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
  CREATE UNIQUE INDEX snapshot_chunk_by_part ON snapshot_chunk (seq, part);
`;

/** Pages in the write-ahead log before it is copied into the main file: rarer, longer copies. 16 MiB. */
const CHECKPOINT_PAGES = 4096;

/**
 * Opens the journal file at `path` for this process alone, creating it if there is none, and checks its structure.
 * Refuses FILE_UNREADABLE, JOURNAL_LOCKED (another opener), JOURNAL_CORRUPT (anything that is no sound journal file).
 */
export function openJournalFile(path: string): DatabaseSync | Failure {
  try {
    if (!existsSync(path)) {
      if (existsSync(`${path}-wal`)) return corrupt('the main file beside its write-ahead log', path);
      createJournalFile(path);
    }
    if (statSync(path).size === 0) return corrupt('a journal, not an empty file', path);
    const damage = judgeWriteAheadLog(path);
    if (damage !== null) return damage;
  } catch (error) {
    return unreadable(path, error);
  }
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    takeOver(database);
    const bad = judgeStructure(database, path);
    // An emptied log has nothing left in it of a commit that a crash tore: see judgeWriteAheadLog.
    if (bad === null) database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    if (bad === null) return database;
    database.close();
    return bad;
  } catch (error) {
    if (database?.isOpen === true) database.close();
    return readFailure(error, path);
  }
}

/** What an error while reading means: JOURNAL_LOCKED, FILE_UNREADABLE, or else JOURNAL_CORRUPT. Rethrows other errors. */
export function readFailure(error: unknown, path: string): Failure {
  const code = sqliteCode(error);
  if (code === null) throw error;
  if (code === SQLITE.busy || code === SQLITE.locked) {
    return refuse('JOURNAL_LOCKED', {
      field: 'journal',
      value: path,
      expected: 'a journal that nobody has open',
    });
  }
  const isClosed = code === SQLITE.permission || code === SQLITE.readOnly || code === SQLITE.cannotOpen;
  return isClosed ? unreadable(path, error) : corrupt(`a sound file: ${messageOf(error)}`, path);
}

/** What an error while writing means: always JOURNAL_WRITE_FAILED. Rethrows what does not come from the database. */
export function writeFailure(error: unknown, path: string): Failure {
  if (sqliteCode(error) === null) throw error;
  const expected = `a disk that takes the write: ${messageOf(error)}`;
  return refuse('JOURNAL_WRITE_FAILED', { field: 'journal', value: path, expected });
}

/** Primary result codes of SQLite, https://sqlite.org/rescode.html. */
const SQLITE = { permission: 3, busy: 5, locked: 6, readOnly: 8, cannotOpen: 14 } as const;

function sqliteCode(error: unknown): number | null {
  const isOurs = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
  return isOurs ? (error.errcode as number) & 0xff : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unreadable(path: string, error: unknown): Failure {
  const expected = `a file that can be read and written: ${messageOf(error)}`;
  return refuse('FILE_UNREADABLE', { field: 'journal', value: path, expected });
}

/** Made under another name and linked to its own when whole, so a kill in between leaves no half-made journal. */
function createJournalFile(path: string): void {
  const draft = `${path}.new-${process.pid}`;
  rmSync(draft, { force: true });
  const database = new DatabaseSync(draft);
  database.exec(`PRAGMA synchronous = FULL; PRAGMA application_id = ${APPLICATION_ID};`);
  database.exec(`PRAGMA user_version = ${FORMAT_VERSION}; ${SCHEMA}; PRAGMA journal_mode = WAL;`);
  database.close();
  syncPath(draft);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncPath(dirname(resolve(path)));
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** The lock is held by the process until it ends, however it ends. */
function takeOver(database: DatabaseSync): void {
  database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;');
  database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA cell_size_check = ON;');
  database.exec(`PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`);
}

function judgeStructure(database: DatabaseSync, path: string): Failure | null {
  const pragma = (name: string): unknown => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  if (pragma('application_id') !== APPLICATION_ID) return corrupt('a journal', path);
  if (pragma('user_version') !== FORMAT_VERSION)
    return corrupt(`a journal of format ${FORMAT_VERSION}`, path);
  if (pragma('journal_mode') !== 'wal' || pragma('synchronous') !== 2)
    return corrupt('a durable journal', path);
  const check = pragma('quick_check(1)');
  return check === 'ok' ? null : corrupt(`a sound file: ${String(check)}`, path);
}
