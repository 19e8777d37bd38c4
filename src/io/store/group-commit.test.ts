import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../../base/failure.ts';
import type { JournalEntry, JournalRecord } from '../../journal/record.ts';
import { PAYLOAD_BYTES_MAX } from '../../journal/record.ts';
import type { JournalStore } from '../../journal/store.ts';
import { GroupCommit, LATENCY_WINDOW } from './group-commit.ts';
import { createMemoryDisk, type MemoryDisk, openMemoryStore } from './memory.ts';
import { nativeSha256 } from './sha256.ts';

const entry = (n: number): JournalEntry => ({
  timeMs: n,
  kind: 'command',
  payload: Uint8Array.from([n, n >> 8]),
});

function setUp(
  limits: { batchMax: number; pendingMax: number },
  disk: MemoryDisk = createMemoryDisk(),
): { group: GroupCommit; store: JournalStore; appends: number[]; clock: { nowMs: number } } {
  const store = openMemoryStore(disk, nativeSha256);
  if (isFailure(store)) throw new Error(store.failure);
  const appends: number[] = [];
  const watched: JournalStore = {
    head: () => store.head(),
    seqFirst: () => store.seqFirst(),
    append: (seq, records) => {
      appends.push(records.length);
      return store.append(seq, records);
    },
    read: (seq) => store.read(seq),
    saveSnapshot: (snapshot) => store.saveSnapshot(snapshot),
    latestSnapshot: () => store.latestSnapshot(),
    compact: () => store.compact(),
    close: () => store.close(),
  };
  const clock = { nowMs: 0 };
  const group = new GroupCommit({
    store: watched,
    sha256: nativeSha256,
    nowMs: () => clock.nowMs,
    ...limits,
  });
  return { group, store, appends, clock };
}

const seqs = (outcomes: readonly (JournalRecord | Failure)[]): unknown[] =>
  outcomes.map((outcome) => (isFailure(outcome) ? outcome.failure : outcome.seq));

describe('group commit (JOURNAL-007)', () => {
  it('commits what arrives in one turn together, in order, and answers when it is durable', async () => {
    const { group, store, appends } = setUp({ batchMax: 100, pendingMax: 100 });
    const outcomes = await Promise.all(Array.from({ length: 25 }, (_, n) => group.submit(entry(n))));
    expect(seqs(outcomes)).toEqual(Array.from({ length: 25 }, (_, n) => n));
    expect(appends).toEqual([25]);
    expect([...store.read(0)]).toEqual(outcomes);
    await group.submit(entry(99));
    expect(appends).toEqual([25, 1]);
  });

  it('splits what is more than a batch, and keeps the order', async () => {
    const { group, store, appends } = setUp({ batchMax: 10, pendingMax: 100 });
    const outcomes = await Promise.all(Array.from({ length: 25 }, (_, n) => group.submit(entry(n))));
    expect(appends).toEqual([10, 10, 5]);
    expect([...store.read(0)]).toEqual(outcomes);
  });

  it('refuses what is more than may wait, and takes more later', async () => {
    const { group } = setUp({ batchMax: 10, pendingMax: 3 });
    const first = await Promise.all(Array.from({ length: 5 }, (_, n) => group.submit(entry(n))));
    expect(seqs(first)).toEqual([0, 1, 2, 'JOURNAL_OVERLOADED', 'JOURNAL_OVERLOADED']);
    expect(seqs([await group.submit(entry(9))])).toEqual([3]);
  });

  it('refuses a payload that no record can hold', async () => {
    const { group } = setUp({ batchMax: 10, pendingMax: 3 });
    const huge = { ...entry(0), payload: new Uint8Array(PAYLOAD_BYTES_MAX + 1) };
    expect(await group.submit(huge)).toMatchObject({ failure: 'INPUT_TOO_LARGE' });
  });

  it('halts when a write fails: no entry after it is ever taken', async () => {
    const disk = createMemoryDisk();
    const { group, store, appends } = setUp({ batchMax: 2, pendingMax: 100 }, disk);
    await group.submit(entry(0));
    disk.bytesUntilCrash = 250;
    const outcomes = await Promise.all(Array.from({ length: 7 }, (_, n) => group.submit(entry(n))));
    expect(seqs(outcomes)).toEqual([1, 2, ...Array.from({ length: 5 }, () => 'JOURNAL_WRITE_FAILED')]);
    expect(await group.submit(entry(8))).toMatchObject({ failure: 'JOURNAL_WRITE_FAILED' });
    expect(appends).toEqual([1, 2, 2]);
    expect(store.head().seqNext).toBe(3);
    const again = openMemoryStore(disk, nativeSha256);
    expect(isFailure(again) ? again : again.head().seqNext).toBe(3);
  });

  it('halts when somebody else wrote to its store', async () => {
    const { group, store } = setUp({ batchMax: 2, pendingMax: 100 });
    const other = new GroupCommit({
      store,
      sha256: nativeSha256,
      nowMs: () => 0,
      batchMax: 2,
      pendingMax: 2,
    });
    await other.submit(entry(0));
    expect(await group.submit(entry(1))).toMatchObject({ failure: 'JOURNAL_SEQUENCE_MISMATCH' });
    expect(await group.submit(entry(1))).toMatchObject({ failure: 'JOURNAL_SEQUENCE_MISMATCH' });
  });

  it('commits at once when flushed', () => {
    const { group, store, appends } = setUp({ batchMax: 2, pendingMax: 100 });
    for (let n = 0; n < 5; n += 1) void group.submit(entry(n));
    group.flush();
    expect([store.head().seqNext, appends]).toEqual([5, [2, 2, 1]]);
  });

  it('reports how long entries waited', async () => {
    const { group, clock } = setUp({ batchMax: 1000, pendingMax: LATENCY_WINDOW * 2 });
    expect(group.assess()).toMatchObject({ records: 0, batches: 0, latencyMsP50: 0, latencyMsMax: 0 });
    const waits = Array.from({ length: 100 }, (_, n) => {
      clock.nowMs = n + 1;
      return group.submit(entry(n));
    });
    clock.nowMs = 101;
    expect(group.assess().pending).toBe(100);
    await Promise.all(waits);
    expect(group.assess()).toEqual({
      records: 100,
      batches: 1,
      pending: 0,
      latencyMsP50: 50,
      latencyMsP99: 99,
      latencyMsMax: 100,
    });
  });
});
