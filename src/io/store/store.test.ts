import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import type { Snapshot } from '../../journal/snapshot.ts';
import type { JournalStore } from '../../journal/store.ts';
import { createMemoryDisk, openMemoryStore } from './memory.ts';
import { nativeSha256 } from './sha256.ts';
import { openSqliteStore } from './sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-store-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function sqliteOpener(): () => JournalStore | Failure {
  files += 1;
  const path = join(folder, `journal-${files}`);
  return () => openSqliteStore(path, nativeSha256);
}

function memoryOpener(): () => JournalStore | Failure {
  const disk = createMemoryDisk();
  return () => openMemoryStore(disk, nativeSha256);
}

function opened(open: () => JournalStore | Failure): JournalStore {
  const store = open();
  if (isFailure(store)) throw new Error(JSON.stringify(store));
  return store;
}

function sealed(from: ChainHead, count: number): JournalRecord[] {
  const records: JournalRecord[] = [];
  let head = from;
  for (let n = 0; n < count; n += 1) {
    const payload = new Uint8Array(n % 300).fill(head.seqNext);
    const record = sealRecord(head, { timeMs: 1000 + head.seqNext, kind: 'command', payload }, nativeSha256);
    records.push(record);
    head = headAfter(record);
  }
  return records;
}

function snapshotAt(head: ChainHead): Snapshot {
  const chunks = [new Uint8Array(5000).fill(head.seqNext), new Uint8Array(0)];
  return { head, stateHash: new Uint8Array(32).fill(7), chunks };
}

const mismatch = { failure: 'JOURNAL_SEQUENCE_MISMATCH' };

describe.each([
  ['the SQLite store', sqliteOpener],
  ['the memory store', memoryOpener],
])('%s', (_, opener) => {
  it('begins empty', () => {
    const store = opened(opener());
    expect([store.head(), store.seqFirst(), [...store.read(0)], store.latestSnapshot()]).toEqual([
      CHAIN_START,
      0,
      [],
      null,
    ]);
    expect(assessChain(store)).toMatchObject({ records: 0, failure: null });
    expect(store.compact()).toBe(0);
    store.close();
  });

  it('gives back what was appended, from anywhere, also after reopening', () => {
    const open = opener();
    const records = sealed(CHAIN_START, 1300);
    let store = opened(open);
    expect(store.append(0, records.slice(0, 1))).toEqual(headAfter(records[0]!));
    expect(store.append(1, [])).toEqual(headAfter(records[0]!));
    expect(store.append(1, records.slice(1))).toEqual(headAfter(records[1299]!));
    store.close();
    store = opened(open);
    expect(store.head()).toEqual(headAfter(records[1299]!));
    expect([...store.read(0)]).toEqual(records);
    expect([...store.read(512)]).toEqual(records.slice(512));
    expect([...store.read(1299)]).toEqual(records.slice(1299));
    expect([...store.read(1300)]).toEqual([]);
    expect([...store.read(1301)]).toMatchObject([mismatch]);
    expect(assessChain(store)).toMatchObject({ seqFirst: 0, records: 1300, failure: null });
    store.close();
  });

  it('refuses records that do not follow, and keeps none of them (JOURNAL-003)', () => {
    const store = opened(opener());
    const records = sealed(CHAIN_START, 10);
    store.append(0, records.slice(0, 5));
    const stranger = sealRecord({ seqNext: 6, hash: records[4]!.hash }, records[6]!, nativeSha256);
    expect(store.append(4, records.slice(4))).toMatchObject(mismatch);
    expect(store.append(6, records.slice(6))).toMatchObject(mismatch);
    expect(store.append(5, records.slice(6))).toMatchObject(mismatch);
    expect(store.append(5, [records[5]!, stranger])).toMatchObject(mismatch);
    expect(store.append(5, [records[5]!, records[7]!])).toMatchObject(mismatch);
    expect(store.head()).toEqual(headAfter(records[4]!));
    expect(store.append(5, records.slice(5))).toEqual(headAfter(records[9]!));
    store.close();
  });

  it('reads to where the head was, whatever is appended meanwhile', () => {
    const store = opened(opener());
    const records = sealed(CHAIN_START, 1100);
    store.append(0, records.slice(0, 600));
    const seen: (JournalRecord | Failure)[] = [];
    for (const record of store.read(0)) {
      if (seen.length === 100) store.append(600, records.slice(600));
      seen.push(record);
    }
    expect(seen).toEqual(records.slice(0, 600));
    expect([...store.read(600)]).toEqual(records.slice(600));
    store.close();
  });

  it('lets one opener in at a time', () => {
    const open = opener();
    const store = opened(open);
    expect(open()).toMatchObject({ failure: 'JOURNAL_LOCKED' });
    store.close();
    opened(open).close();
  });

  it('replays from the newest snapshot, and drops what it stands for (JOURNAL-006)', () => {
    const open = opener();
    let store = opened(open);
    const records = sealed(CHAIN_START, 30);
    store.append(0, records);
    const first = snapshotAt(headAfter(records[9]!));
    const second = snapshotAt(headAfter(records[19]!));
    expect(store.saveSnapshot(first)).toBe(first);
    expect(store.saveSnapshot(second)).toBe(second);
    expect(store.saveSnapshot(second)).toBe(second);
    const replay = openReplay(store);
    expect(isFailure(replay) ? replay : replay.snapshot).toEqual(second);
    expect(isFailure(replay) ? replay : [...replay.records]).toEqual(records.slice(20));
    expect(store.compact()).toBe(20);
    expect([...store.read(19)]).toMatchObject([mismatch]);
    expect(store.saveSnapshot(first)).toMatchObject(mismatch);
    store.close();
    store = opened(open);
    expect(store.seqFirst()).toBe(20);
    expect(store.latestSnapshot()).toEqual(second);
    expect(assessChain(store)).toMatchObject({ seqFirst: 20, records: 10, failure: null });
    store.close();
  });

  it('stands on a snapshot alone when no record is left', () => {
    const open = opener();
    let store = opened(open);
    const records = sealed(CHAIN_START, 12);
    store.append(0, records.slice(0, 10));
    store.saveSnapshot(snapshotAt(store.head()));
    expect(store.compact()).toBe(10);
    store.close();
    store = opened(open);
    expect([store.head(), store.seqFirst()]).toEqual([headAfter(records[9]!), 10]);
    expect(store.append(10, records.slice(10))).toEqual(headAfter(records[11]!));
    const replay = openReplay(store);
    expect(isFailure(replay) ? replay : [...replay.records]).toEqual(records.slice(10));
    expect(assessChain(store)).toMatchObject({ records: 2, failure: null });
    store.close();
  });

  it('refuses a snapshot of another chain or of the future', () => {
    const store = opened(opener());
    const records = sealed(CHAIN_START, 5);
    store.append(0, records.slice(0, 4));
    const other = new Uint8Array(32).fill(1);
    expect(store.saveSnapshot(snapshotAt({ seqNext: 3, hash: other }))).toMatchObject(mismatch);
    expect(store.saveSnapshot(snapshotAt({ seqNext: 4, hash: other }))).toMatchObject(mismatch);
    expect(store.saveSnapshot(snapshotAt(headAfter(records[4]!)))).toMatchObject(mismatch);
    expect(isFailure(store.saveSnapshot(snapshotAt(CHAIN_START)))).toBe(false);
    expect(isFailure(store.saveSnapshot(snapshotAt(headAfter(records[2]!))))).toBe(false);
    store.close();
  });
});
