import { describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import {
  CHAIN_START,
  encodeRecord,
  headAfter,
  type JournalRecord,
  sealRecord,
} from '../../journal/record.ts';
import type { JournalStore } from '../../journal/store.ts';
import { createMemoryDisk, type MemoryDisk, openMemoryStore } from './memory.ts';
import { nativeSha256 } from './sha256.ts';

const records: JournalRecord[] = [];
for (let n = 0, head = CHAIN_START; n < 6; n += 1, head = headAfter(records.at(-1)!)) {
  const payload = new Uint8Array(n * 3).fill(n);
  records.push(sealRecord(head, { timeMs: n, kind: 'command', payload }, nativeSha256));
}
const ends = records.map((_, n) =>
  records.slice(0, n + 1).reduce((sum, r) => sum + encodeRecord(r).length, 0),
);

function opened(disk: MemoryDisk): JournalStore {
  const store = openMemoryStore(disk, nativeSha256);
  if (isFailure(store)) throw new Error(JSON.stringify(store));
  return store;
}

describe('a disk that fails', () => {
  it('keeps the whole records written before the crash, whichever byte it came at', () => {
    for (let crash = 0; crash <= ends[5]!; crash += 1) {
      const disk = createMemoryDisk();
      disk.bytesUntilCrash = crash;
      const store = opened(disk);
      let acknowledged = 0;
      for (const first of [0, 2, 4]) {
        const outcome = store.append(first, records.slice(first, first + 2));
        if (!isFailure(outcome)) acknowledged = outcome.seqNext;
      }
      expect(store.append(acknowledged, records.slice(acknowledged))).toMatchObject({
        failure: 'JOURNAL_WRITE_FAILED',
      });
      const again = opened(disk);
      const survived = ends.filter((end) => end <= crash).length;
      expect(again.head().seqNext).toBe(survived);
      expect(survived).toBeGreaterThanOrEqual(acknowledged);
      expect([...again.read(0)]).toEqual(records.slice(0, survived));
      expect(again.append(survived, records.slice(survived))).toEqual(headAfter(records[5]!));
      again.close();
    }
  });

  it('is found corrupt when any one bit of the log changed', () => {
    for (let index = 0; index < records.length; index += 1) {
      const length = encodeRecord(records[index]!).length;
      for (let at = 0; at < length; at += 1) {
        const disk = createMemoryDisk();
        const store = opened(disk);
        store.append(0, records);
        store.close();
        disk.log[index]![at]! ^= 1 << (at & 7);
        const again = openMemoryStore(disk, nativeSha256);
        // A last record whose length grew past its end looks like one cut short.
        const isShorter =
          !isFailure(again) && again.head().seqNext === 5 && index === 5 && at >= 53 && at < 57;
        expect(isShorter || isFailure(again)).toBe(true);
      }
    }
  });
});
