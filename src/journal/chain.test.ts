import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { assessChain, followChain, judgeAppend, openReplay } from './chain.ts';
import { CHAIN_START, type ChainHead, corrupt, headAfter, type JournalRecord, sealRecord } from './record.ts';
import { pureSha256 } from '../base/sha256.ts';
import type { Snapshot } from './snapshot.ts';
import type { JournalStore } from './store.ts';

function sealed(from: ChainHead, payloads: readonly number[]): JournalRecord[] {
  const records: JournalRecord[] = [];
  let head = from;
  for (const payload of payloads) {
    const entry = { timeMs: 5, kind: 'command', payload: Uint8Array.from([payload]) } as const;
    records.push(sealRecord(head, entry, pureSha256));
    head = headAfter(records.at(-1)!);
  }
  return records;
}

const records = sealed(CHAIN_START, [0, 1, 2, 3, 4, 5]);
/** Rightly sealed, but with another past: what somebody writes who replaces the journal from record 3 on. */
const forged = sealed(headAfter(sealed(CHAIN_START, [0, 1, 9])[2]!), [3, 4, 5]);

/** A store that gives out whatever it was made with, and takes nothing. */
function holding(
  held: readonly (JournalRecord | Failure)[],
  snapshot: Snapshot | null | Failure,
): JournalStore {
  const all = held.filter((record): record is JournalRecord => !isFailure(record));
  const seqFirst = all[0]?.seq ?? 0;
  const refused = corrupt('a store that can be written');
  return {
    head: () => (all.length === 0 ? CHAIN_START : headAfter(all.at(-1)!)),
    seqFirst: () => seqFirst,
    append: () => refused,
    read: (seq) => held.slice(seq - seqFirst),
    saveSnapshot: () => refused,
    latestSnapshot: () => snapshot,
    compact: () => refused,
    close: () => undefined,
  };
}

const at = (record: JournalRecord): Snapshot => ({
  head: headAfter(record),
  stateHash: new Uint8Array(32),
  chunks: [],
});
const broken = { failure: 'JOURNAL_CORRUPT' };

describe('a chain', () => {
  it('takes records that follow its head and one another (JOURNAL-003)', () => {
    expect(judgeAppend(CHAIN_START, 0, records)).toBeNull();
    expect(judgeAppend(headAfter(records[2]!), 3, records.slice(3))).toBeNull();
    expect(judgeAppend(headAfter(records[2]!), 3, forged)).toMatchObject({
      failure: 'JOURNAL_SEQUENCE_MISMATCH',
    });
    expect(judgeAppend(CHAIN_START, 1, [])).toMatchObject({ failure: 'JOURNAL_SEQUENCE_MISMATCH' });
  });

  it('is followed to its first break, and no further', () => {
    expect([...followChain(CHAIN_START, records)]).toEqual(records);
    const spliced = [...followChain(CHAIN_START, [...records.slice(0, 3), ...forged])];
    expect(spliced.slice(0, 3)).toEqual(records.slice(0, 3));
    expect(spliced.slice(3)).toMatchObject([broken]);
    const failing = [records[0]!, corrupt('x'), records[1]!];
    expect([...followChain(CHAIN_START, failing)]).toEqual(failing.slice(0, 2));
    expect([...followChain(CHAIN_START, records.slice(1))]).toMatchObject([broken]);
  });

  it('is replayed from the newest snapshot on, and only if the two fit (JOURNAL-006)', () => {
    const replayed = (snapshot: Snapshot | null, held: readonly JournalRecord[]): unknown => {
      const replay = openReplay(holding(held, snapshot));
      return isFailure(replay) ? replay : [...replay.records];
    };
    expect(replayed(null, records)).toEqual(records);
    expect(replayed(at(records[3]!), records)).toEqual(records.slice(4));
    expect(replayed(at(records[2]!), forged)).toMatchObject([broken]);
    expect(openReplay(holding(records, corrupt('x')))).toMatchObject(broken);
  });

  it('is assessed whole', () => {
    const assessed = (
      held: readonly (JournalRecord | Failure)[],
      snapshot: Snapshot | null | Failure,
    ): unknown => assessChain(holding(held, snapshot));
    const head = headAfter(records[5]!);
    expect(assessed(records, null)).toEqual({ seqFirst: 0, records: 6, head, failure: null });
    expect(assessed(records, at(records[3]!))).toMatchObject({ records: 6, failure: null });
    expect(assessed(records, at(records[5]!))).toMatchObject({ records: 6, failure: null });
    expect(assessed(records.slice(2), at(records[1]!))).toMatchObject({
      seqFirst: 2,
      records: 4,
      failure: null,
    });
    expect(assessed([], null)).toMatchObject({ records: 0, failure: null });
    expect(assessed([...records.slice(0, 3), ...forged], null)).toMatchObject({
      records: 3,
      failure: broken,
    });
    expect(assessed([records[0]!, corrupt('x')], null)).toMatchObject({ records: 1, failure: broken });
    expect(assessed(records, at(forged[1]!))).toMatchObject({ records: 5, failure: broken });
    expect(assessed(records, at(forged[2]!))).toMatchObject({ records: 6, failure: broken });
    expect(assessed(forged, at(records[2]!))).toMatchObject({ records: 0, failure: broken });
    expect(assessed(records, corrupt('x'))).toMatchObject({ failure: broken });
  });
});
