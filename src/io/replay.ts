import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { sameBytes, toHex } from '../base/bytes.ts';
import type { Sha256 } from '../base/sha256.ts';
import { apply } from '../engine/apply.ts';
import type { Command } from '../engine/command.ts';
import type { Event } from '../engine/event.ts';
import { restoreState } from '../engine/restore.ts';
import { createState, type EngineState } from '../engine/state.ts';
import { openReplay, type Replay } from '../journal/chain.ts';
import { decodeCommand, recordKindOf } from '../journal/command.ts';
import { decodeState, hashState, parseStateHash, StateHasher } from '../journal/engine-state.ts';
import { corrupt, type JournalRecord } from '../journal/record.ts';
import type { Snapshot } from '../journal/snapshot.ts';
import type { JournalStore } from '../journal/store.ts';

/** A command as it was applied, with what came of it. */
export type Applied = {
  readonly seq: number;
  readonly timeMs: number;
  readonly command: Command;
  readonly events: readonly Event[];
};

/** A state rebuilt from a journal. `hashes`: recorded state hashes that were recomputed and agreed. */
export type Rebuilt = {
  readonly state: EngineState;
  readonly hasher: StateHasher;
  readonly timeMs: number;
  readonly commands: number;
  readonly hashes: number;
};

export type ReplayOptions = {
  readonly sha256: Sha256;
  readonly onApplied: (applied: Applied) => void;
};

/**
 * The state at the head of a journal, from its newest snapshot on, every state hash on the way recomputed. Refuses JOURNAL_CORRUPT and
 * STATE_HASH_MISMATCH.
 */
export function recover(store: JournalStore, options: ReplayOptions): Rebuilt | Failure {
  const replay = openReplay(store);
  return isFailure(replay) ? replay : rebuild(replay, null, options);
}

/**
 * The state at the head of a journal from its oldest record on, so that everything it holds is applied again; the newest snapshot is
 * compared where it stands. From the snapshot where the records before it were dropped. Refuses as {@link recover}.
 */
export function replayAll(store: JournalStore, options: ReplayOptions): Rebuilt | Failure {
  if (store.seqFirst() > 0) return recover(store, options);
  const snapshot = store.latestSnapshot();
  if (isFailure(snapshot)) return snapshot;
  return rebuild({ snapshot: null, records: store.read(0) }, snapshot, options);
}

type Progress = { state: EngineState; hasher: StateHasher; timeMs: number; commands: number; hashes: number };

function rebuild(replay: Replay, check: Snapshot | null, options: ReplayOptions): Rebuilt | Failure {
  const begun = begin(replay.snapshot, options.sha256);
  if (isFailure(begun)) return begun;
  for (const record of replay.records) {
    const bad = isFailure(record)
      ? record
      : (compare(begun, check, record.seq) ?? take(begun, record, options));
    if (bad !== null) return bad;
  }
  return compare(begun, check, null) ?? begun;
}

function begin(snapshot: Snapshot | null, sha256: Sha256): Progress | Failure {
  if (snapshot === null) {
    const state = createState();
    return { state, hasher: new StateHasher(state, sha256), timeMs: 0, commands: 0, hashes: 0 };
  }
  const stored = decodeState(snapshot.chunks);
  if (isFailure(stored)) return stored;
  const state = restoreState(stored.ledger, stored.pages);
  if (isFailure(state)) return state;
  state.seq = stored.seq;
  const bad = judgeHash(hashState(state, sha256), snapshot.stateHash, snapshot.head.seqNext);
  if (bad !== null) return bad;
  return { state, hasher: new StateHasher(state, sha256), timeMs: 0, commands: 0, hashes: 1 };
}

/** Compares the state before record `seq` (null: at the head) with the snapshot that stands there, if it does. */
function compare(at: Progress, snapshot: Snapshot | null, seq: number | null): Failure | null {
  if (snapshot === null || (seq !== null && snapshot.head.seqNext !== seq)) return null;
  if (seq === null && snapshot.head.seqNext <= at.state.seq) return null;
  at.hashes += 1;
  return judgeHash(at.hasher.hash(at.state), snapshot.stateHash, snapshot.head.seqNext);
}

function take(at: Progress, record: JournalRecord, { onApplied }: ReplayOptions): Failure | null {
  const { seq, timeMs } = record;
  at.timeMs = Math.max(at.timeMs, timeMs);
  if (record.kind === 'stateHash') {
    const expected = parseStateHash(record.payload);
    if (isFailure(expected)) return expected;
    at.hashes += 1;
    return judgeHash(at.hasher.hash(at.state), expected, seq);
  }
  const command = decodeCommand(record.payload);
  if (isFailure(command)) return corrupt(command.expected, `record ${seq}`);
  if (recordKindOf(command) !== record.kind || (record.kind === 'genesis') !== (seq === 0)) {
    return corrupt('one genesis, at the beginning', `record ${seq}`);
  }
  const events = apply(at.state, { seq, timeMs, command });
  at.commands += 1;
  onApplied({ seq, timeMs, command, events });
  return null;
}

function judgeHash(found: Uint8Array, expected: Uint8Array, seq: number): Failure | null {
  if (sameBytes(found, expected)) return null;
  const where = { field: `state before record ${seq}`, value: toHex(found), expected: toHex(expected) };
  return refuse('STATE_HASH_MISMATCH', where);
}
