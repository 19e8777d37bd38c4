import { DatabaseSync } from 'node:sqlite';
import type { Failure } from '../../base/failure.ts';
import { readFailure } from './sqlite-file.ts';

/** What a key lets its holder do; see the table of routes. */
export type Scope = 'venue' | 'owner' | 'risk' | 'auditor';

/**
 * A key as it is kept: never its secret, only the SHA-256 of it. `holder` is the person or program it was given to, whose name stands
 * behind what is proposed and approved; `owner` the beneficial owner whose accounts an `owner` key reaches, else null.
 */
export type KeyRecord = {
  readonly id: string;
  readonly scope: Scope;
  readonly holder: string;
  readonly owner: string | null;
  readonly hash: Uint8Array;
  readonly createdMs: number;
  readonly revokedMs: number | null;
};

/** Where keys are kept. Every call returns when what it says is durable. */
export type KeyStore = {
  list(): readonly KeyRecord[];
  add(record: KeyRecord): void;
  revoke(id: string, timeMs: number): void;
  close(): void;
};

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS api_key (
    id TEXT PRIMARY KEY, scope TEXT NOT NULL, holder TEXT NOT NULL, owner TEXT,
    hash BLOB NOT NULL, created_ms INTEGER NOT NULL, revoked_ms INTEGER
  ) STRICT;
`;

/** Opens (or creates) the keys in one SQLite file. Refuses JOURNAL_LOCKED, FILE_UNREADABLE and JOURNAL_CORRUPT as a journal does. */
export function openKeyStore(path: string): KeyStore | Failure {
  try {
    const database = new DatabaseSync(path, { timeout: 1_000 });
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; ${SCHEMA}`,
    );
    return new SqliteKeyStore(database);
  } catch (error) {
    return readFailure(error, path);
  }
}

class SqliteKeyStore implements KeyStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  list(): readonly KeyRecord[] {
    return this.#database
      .prepare('SELECT * FROM api_key ORDER BY created_ms, id')
      .all()
      .map((row) => ({
        id: String(row['id']),
        scope: String(row['scope']) as Scope,
        holder: String(row['holder']),
        owner: row['owner'] === null ? null : String(row['owner']),
        hash: row['hash'] as Uint8Array,
        createdMs: Number(row['created_ms']),
        revokedMs: row['revoked_ms'] === null ? null : Number(row['revoked_ms']),
      }));
  }

  add({ id, scope, holder, owner, hash, createdMs, revokedMs }: KeyRecord): void {
    this.#database
      .prepare('INSERT INTO api_key VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(id, scope, holder, owner, hash, createdMs, revokedMs);
  }

  revoke(id: string, timeMs: number): void {
    this.#database.prepare('UPDATE api_key SET revoked_ms = ? WHERE id = ?').run(timeMs, id);
  }

  close(): void {
    this.#database.close();
  }
}
