import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../../base/failure.ts';
import { assessChain, openReplay } from '../../journal/chain.ts';
import {
  CHAIN_START,
  type ChainHead,
  headAfter,
  type JournalRecord,
  sealRecord,
} from '../../journal/record.ts';
import type { JournalStore } from '../../journal/store.ts';
import { nativeSha256 } from './sha256.ts';
import { openSqliteStore } from './sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);
const open = (name: string): JournalStore | Failure => openSqliteStore(path(name), nativeSha256);

function opened(name: string): JournalStore {
  const store = open(name);
  if (isFailure(store)) throw new Error(JSON.stringify(store));
  return store;
}

function sealed(from: ChainHead, count: number): JournalRecord[] {
  const records: JournalRecord[] = [];
  let head = from;
  for (let n = 0; n < count; n += 1) {
    const payload = new Uint8Array(150 + (n % 50)).fill(n);
    records.push(sealRecord(head, { timeMs: head.seqNext, kind: 'command', payload }, nativeSha256));
    head = headAfter(records.at(-1)!);
  }
  return records;
}

const RECORDS = sealed(CHAIN_START, 200);
const SNAPSHOT_AT = 120;

/** A journal as a kill leaves it: main file and write-ahead log, copied while a writer holds them. */
function killedJournal(): { main: Buffer; wal: Buffer } {
  const store = opened('victim');
  store.append(0, RECORDS.slice(0, 100));
  store.close();
  const again = opened('victim');
  for (let seq = 100; seq < 200; seq += COMMIT_RECORDS) {
    if (seq === SNAPSHOT_AT) {
      const chunks = [new Uint8Array(6000).fill(1), new Uint8Array(100).fill(2)];
      again.saveSnapshot({ head: again.head(), stateHash: new Uint8Array(32), chunks });
    }
    again.append(seq, RECORDS.slice(seq, seq + COMMIT_RECORDS));
  }
  const files = { main: readFileSync(path('victim')), wal: readFileSync(path('victim-wal')) };
  again.close();
  return files;
}

type Outcome = 'refused' | 'whole' | 'shorter';

/** Records in each commit of the write-ahead log. */
const COMMIT_RECORDS = 10;

/**
 * Opens a damaged journal and reads all of it. Passes if it is refused with a code at some point, or holds exactly a
 * first part of what was written: anything else fails the test.
 */
function judgeDamaged(name: string, leastRecords = 0): Outcome {
  const store = open(name);
  if (isFailure(store)) {
    expect(store.failure).toBe('JOURNAL_CORRUPT');
    return 'refused';
  }
  const read = [...store.read(0)];
  const replay = openReplay(store);
  const tail = isFailure(replay) ? [replay] : [...replay.records];
  store.close();
  const failure = read.find(isFailure) ?? tail.find(isFailure);
  const records = read.filter((record): record is JournalRecord => !isFailure(record));
  expect(records).toEqual(RECORDS.slice(0, records.length));
  if (failure === undefined) expect(records.length).toBeGreaterThanOrEqual(leastRecords);
  if (failure !== undefined) {
    expect(failure.failure).toBe('JOURNAL_CORRUPT');
    return 'refused';
  }
  expect(store.head()).toEqual(records.length === 0 ? CHAIN_START : headAfter(records.at(-1)!));
  return records.length === RECORDS.length ? 'whole' : 'shorter';
}

function place(name: string, files: { main: Uint8Array; wal: Uint8Array | null }): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path(name + suffix), { force: true });
  writeFileSync(path(name), files.main);
  if (files.wal !== null) writeFileSync(path(`${name}-wal`), files.wal);
}

function tally(outcomes: readonly Outcome[]): Record<Outcome, number> {
  const count = (which: Outcome): number => outcomes.filter((outcome) => outcome === which).length;
  return { refused: count('refused'), whole: count('whole'), shorter: count('shorter') };
}

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1 << (at % 8);
  return copy;
}

/** Every offset near an edge of a page, and a stride that meets every residue elsewhere. */
function sampled(length: number): number[] {
  const offsets = new Set<number>([0, 1, length - 1]);
  for (let at = 0; at < length; at += 997) offsets.add(at);
  for (let at = 4096; at < length; at += 4096 * 6) for (const near of [-1, 0, 1]) offsets.add(at + near);
  return [...offsets].filter((at) => at >= 0 && at < length).toSorted((a, b) => a - b);
}

describe('a journal after a kill (JOURNAL-008)', () => {
  const files = killedJournal();

  it('holds everything that was acknowledged', () => {
    place('killed', files);
    expect(judgeDamaged('killed')).toBe('whole');
  });

  it('cut at a byte of the write-ahead log ends with a whole commit', () => {
    const outcomes = sampled(files.wal.length).map((at) => {
      place('cut-wal', { ...files, wal: files.wal.subarray(0, at) });
      return judgeDamaged('cut-wal');
    });
    expect(tally(outcomes)).toMatchObject({ refused: 0 });
    expect(tally(outcomes).shorter).toBeGreaterThan(50);
  });

  it('cut at a byte of the main file, with no log beside it, is refused or whole', () => {
    const store = opened('closed');
    store.append(0, RECORDS);
    store.close();
    const main = readFileSync(path('closed'));
    const outcomes = sampled(main.length).map((at) => {
      place('cut-main', { main: main.subarray(0, at), wal: null });
      return judgeDamaged('cut-main');
    });
    expect(tally(outcomes)).toMatchObject({ whole: 0, shorter: 0 });
  });

  it('cut at a byte of the main file, with its log, is refused or holds what the log restores', () => {
    const outcomes = sampled(files.main.length).map((at) => {
      place('cut-both', { main: files.main.subarray(0, at), wal: files.wal });
      return judgeDamaged('cut-both');
    });
    expect(tally(outcomes).refused).toBeGreaterThan(20);
  });

  it('with one byte of the main file changed is refused or whole', () => {
    const outcomes = sampled(files.main.length).map((at) => {
      place('changed', { ...files, main: changed(files.main, at) });
      return judgeDamaged('changed');
    });
    expect(tally(outcomes)).toMatchObject({ shorter: 0 });
    expect(tally(outcomes).refused).toBeGreaterThan(20);
  });

  it('with one byte of the log changed is refused, or lacks no more than the last two commits', () => {
    const outcomes = sampled(files.wal.length).map((at) => {
      place('changed', { ...files, wal: changed(files.wal, at) });
      return judgeDamaged('changed', RECORDS.length - 2 * COMMIT_RECORDS);
    });
    expect(tally(outcomes).refused).toBeGreaterThan(50);
  });

  it('stays refused, and as it was, however often it is opened', () => {
    const wal = changed(files.wal, 5000);
    place('kept', { ...files, wal });
    for (let attempt = 0; attempt < 3; attempt += 1) expect(judgeDamaged('kept')).toBe('refused');
    expect([readFileSync(path('kept')), readFileSync(path('kept-wal'))]).toEqual([files.main, wal]);
  });

  it('with a snapshot changed is refused on replay', () => {
    place('snap', files);
    opened('snap').close();
    const database = new DatabaseSync(path('snap'));
    database.exec("UPDATE snapshot_chunk SET bytes = x'00' WHERE part = 1");
    database.close();
    const store = opened('snap');
    expect(store.latestSnapshot()).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
    expect(store.compact()).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
    expect([...store.read(0)]).toEqual(RECORDS);
    store.close();
  });

  it.each([
    ['a record removed', 'DELETE FROM record WHERE seq = 50'],
    ['the first record removed', 'DELETE FROM record WHERE seq = 0'],
    ['a record moved', 'UPDATE record SET seq = 1000 WHERE seq = 50'],
    [
      'two records exchanged',
      'UPDATE record SET bytes = (SELECT bytes FROM record WHERE seq = 51) WHERE seq = 50',
    ],
    ['a record emptied', "UPDATE record SET bytes = x'' WHERE seq = 199"],
    ['the snapshot moved past the head', 'DELETE FROM record WHERE seq >= 100'],
    ['the snapshot without its records', 'DELETE FROM record; UPDATE snapshot SET seq = 5'],
    ['a table removed', 'DROP TABLE record'],
    ['another application', 'PRAGMA application_id = 5'],
    ['another format', 'PRAGMA user_version = 2'],
    ['a rollback journal', 'PRAGMA journal_mode = DELETE'],
  ])('with %s is refused at the latest when verified', (_, sql) => {
    place('edited', files);
    opened('edited').close();
    const database = new DatabaseSync(path('edited'));
    database.exec(sql);
    database.close();
    const store = open('edited');
    if (isFailure(store)) {
      expect(store.failure).toBe('JOURNAL_CORRUPT');
      return;
    }
    const { failure } = assessChain(store);
    store.close();
    expect(failure).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
  });
});

describe('a path', () => {
  it('that cannot hold a journal is refused with a code', () => {
    expect(open('missing/journal')).toMatchObject({ failure: 'FILE_UNREADABLE' });
    mkdirSync(path('a-folder'));
    expect(open('a-folder')).toMatchObject({ failure: 'FILE_UNREADABLE' });
    writeFileSync(path('empty'), '');
    expect(open('empty')).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
    writeFileSync(path('text'), 'not a journal\n'.repeat(1000));
    expect(open('text')).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
    writeFileSync(path('orphan-wal'), '');
    expect(open('orphan')).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
    new DatabaseSync(path('other')).close();
    new DatabaseSync(path('other')).exec('CREATE TABLE t (a)');
    expect(open('other')).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
  });

  it('holds one file after a clean close, and no draft', () => {
    opened('clean').close();
    expect(['clean', 'clean-wal', `clean.new-${process.pid}`].map((name) => existsSync(path(name)))).toEqual([
      true,
      false,
      false,
    ]);
    copyFileSync(path('clean'), path('copy'));
    opened('copy').close();
  });

  it('that another process has open is refused', () => {
    const store = opened('shared');
    const script = `
      import { openSqliteStore } from ${JSON.stringify(new URL('./sqlite.ts', import.meta.url).href)};
      import { nativeSha256 } from ${JSON.stringify(new URL('./sha256.ts', import.meta.url).href)};
      console.log(openSqliteStore(${JSON.stringify(path('shared'))}, nativeSha256).failure);`;
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect(child.stdout.trim()).toBe('JOURNAL_LOCKED');
    store.close();
  });

  it('on a disk that takes no more refuses the write and everything after it', () => {
    const script = `
      import { openSqliteStore } from ${JSON.stringify(new URL('./sqlite.ts', import.meta.url).href)};
      import { nativeSha256 } from ${JSON.stringify(new URL('./sha256.ts', import.meta.url).href)};
      import { CHAIN_START, headAfter, sealRecord } from ${JSON.stringify(new URL('../../journal/record.ts', import.meta.url).href)};
      const store = openSqliteStore(${JSON.stringify(path('full'))}, nativeSha256);
      let head = CHAIN_START;
      const next = (bytes) => sealRecord(head, { timeMs: 1, kind: 'command', payload: new Uint8Array(bytes) }, nativeSha256);
      for (;;) {
        const outcome = store.append(head.seqNext, [next(3000)]);
        if (outcome.failure) {
          console.log(outcome.failure, store.append(head.seqNext, [next(1)]).failure, store.head().seqNext);
          process.exit();
        }
        head = outcome;
      }`;
    // A limit on the size of files, with its signal ignored, stands in for the end of the disk.
    const shell = `trap '' XFSZ; ulimit -f 2000; exec "$0" --input-type=module --eval "$1"`;
    const child = spawnSync('sh', ['-c', shell, process.execPath, script], { encoding: 'utf8' });
    const [first, second, acknowledged] = child.stdout.trim().split(' ');
    expect([first, second]).toEqual(['JOURNAL_WRITE_FAILED', 'JOURNAL_WRITE_FAILED']);
    expect(Number(acknowledged)).toBeGreaterThan(10);
    const store = opened('full');
    const held = store.head().seqNext;
    expect(held === Number(acknowledged) || held === Number(acknowledged) + 1).toBe(true);
    expect(assessChain(store)).toMatchObject({ records: held, failure: null });
    store.close();
  });
});
