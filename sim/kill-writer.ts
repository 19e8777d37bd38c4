/**
 * The victim of sim/kill.ts: clients write numbered notes to the journal at argv[2] through group commit, each its next
 * one when the last is acknowledged, and say so on standard output ('client number'). Runs until it is killed.
 */
import { writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { assert } from '../src/base/assert.ts';
import { isFailure } from '../src/base/failure.ts';
import { GroupCommit } from '../src/io/store/group-commit.ts';
import { nativeSha256 } from '../src/io/store/sha256.ts';
import { openSqliteStore } from '../src/io/store/sqlite.ts';
import type { JournalStore } from '../src/journal/store.ts';
import { countNotes, encodeNote, toChunk } from './kill-notes.ts';

/** Notes of the first client between two snapshots; every second snapshot compacts the journal. */
const SNAPSHOT_EVERY = 50;

function takeSnapshot(store: JournalStore, number: number): void {
  const head = store.head();
  const chunks = [toChunk(countNotes(store))];
  const saved = store.saveSnapshot({ head, stateHash: nativeSha256.hash(chunks[0]!), chunks });
  assert(!isFailure(saved), 'the snapshot is saved');
  if (number % (SNAPSHOT_EVERY * 2) === 0) assert(!isFailure(store.compact()), 'the journal is compacted');
}

const store = openSqliteStore(process.argv[2]!, nativeSha256);
assert(!isFailure(store), `the journal opens: ${JSON.stringify(store)}`);
const nowMs = (): number => performance.now();
const group = new GroupCommit({ store, sha256: nativeSha256, batchMax: 1000, pendingMax: 1000, nowMs });

async function writeNotes(client: number, from: number): Promise<never> {
  for (let number = from; ; number += 1) {
    const entry = { timeMs: Date.now(), kind: 'command', payload: encodeNote(client, number) } as const;
    const outcome = await group.submit(entry);
    assert(!isFailure(outcome), 'a note is written');
    writeSync(1, `${client} ${number}\n`);
    if (client === 0 && number % SNAPSHOT_EVERY === 0) takeSnapshot(store as JournalStore, number);
  }
}

await Promise.all(countNotes(store).map((count, client) => writeNotes(client, count)));
