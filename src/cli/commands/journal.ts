import { existsSync } from 'node:fs';
import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { toHex } from '../../base/bytes.ts';
import { toPlainJson } from '../../contract/plain-json.ts';
import { toIsoTime } from '../../contract/scalars.ts';
import { type Applied, type Rebuilt, replayAll } from '../../io/replay.ts';
import { nativeSha256 } from '../../io/store/sha256.ts';
import { openSqliteStore } from '../../io/store/sqlite.ts';
import { hashState } from '../../journal/engine-state.ts';
import { decodeCommand } from '../../journal/command.ts';
import type { JournalRecord } from '../../journal/record.ts';
import type { JournalStore } from '../../journal/store.ts';

/** Opens a journal that is there, uses it, closes it. Refuses FILE_UNREADABLE and as the store does. */
export function withJournal<T>(path: string, use: (store: JournalStore) => T | Failure): T | Failure {
  if (!existsSync(path)) {
    return refuse('FILE_UNREADABLE', { field: 'path', value: path, expected: 'a journal' });
  }
  const store = openSqliteStore(path, nativeSha256);
  if (isFailure(store)) return store;
  try {
    return use(store);
  } finally {
    store.close();
  }
}

/** What a replay came to. */
export type ReplaySummary = {
  readonly seqFirst: number;
  readonly seqNext: number;
  readonly commands: number;
  readonly refused: number;
  readonly events: number;
  readonly hashesChecked: number;
  readonly accounts: number;
  readonly stateHash: string;
};

/** Replays everything that a journal holds, every recorded state hash recomputed on the way. */
export function replayJournal(store: JournalStore): ReplaySummary | Failure {
  let refused = 0;
  let events = 0;
  const onApplied = (applied: Applied): void => {
    events += applied.events.length;
    if (applied.events[0]?.kind === 'CommandRefused') refused += 1;
  };
  const rebuilt: Rebuilt | Failure = replayAll(store, { sha256: nativeSha256, onApplied });
  if (isFailure(rebuilt)) return rebuilt;
  return {
    seqFirst: store.seqFirst(),
    seqNext: store.head().seqNext,
    commands: rebuilt.commands,
    refused,
    events,
    hashesChecked: rebuilt.hashes,
    accounts: rebuilt.state.tables.accounts.items.length,
    stateHash: toHex(hashState(rebuilt.state, nativeSha256)),
  };
}

/** Records as JSON lines: integers (atoms) as text, bytes hexadecimal. */
export function* exportJournal(store: JournalStore): Generator<string | Failure, void> {
  for (const record of store.read(store.seqFirst())) {
    if (isFailure(record)) {
      yield record;
      return;
    }
    const content = toContent(record);
    if (isFailure(content)) {
      yield content;
      return;
    }
    const { seq, timeMs, kind, hash } = record;
    yield JSON.stringify({ seq, time: toIsoTime(timeMs), kind, ...content, hash: toHex(hash) });
  }
}

function toContent({ kind, payload }: JournalRecord): object | Failure {
  if (kind === 'stateHash') return { stateHash: toHex(payload) };
  const command = decodeCommand(payload);
  return isFailure(command) ? command : { command: toPlainJson(command) };
}
