import { assert } from '../src/base/assert.ts';
import { isFailure } from '../src/base/failure.ts';
import { openReplay } from '../src/journal/chain.ts';
import type { Snapshot } from '../src/journal/snapshot.ts';
import type { JournalStore } from '../src/journal/store.ts';
import { decode, encode, type Value } from '../src/base/value.ts';

/** How many clients write at once, each with one note under way. */
export const CLIENTS = 16;

/** The counts of clients that have written nothing. */
export function noNotes(): number[] {
  return Array.from({ length: CLIENTS }, () => 0);
}

/** The payload of a client's note; a client numbers its notes 0, 1, 2, … */
export function encodeNote(client: number, number: number): Uint8Array {
  return toBytes([BigInt(client), BigInt(number)]);
}

/** How many notes of each client the store replays to. Stops the program unless each is there once and in order. */
export function countNotes(store: JournalStore): number[] {
  const replay = openReplay(store);
  assert(!isFailure(replay), `the journal opens for replay: ${JSON.stringify(replay)}`);
  const counts = replay.snapshot === null ? noNotes() : fromChunk(replay.snapshot);
  for (const record of replay.records) {
    assert(!isFailure(record), `the journal replays: ${JSON.stringify(record)}`);
    const [client, number] = numbers(record.payload);
    assert(
      counts[client!] === number,
      `note ${number} of client ${client} comes after ${counts[client!]} notes`,
    );
    counts[client!]! += 1;
  }
  return counts;
}

/** The counts as the state of a snapshot. */
export function toChunk(counts: readonly number[]): Uint8Array {
  return toBytes(counts.map(BigInt));
}

function fromChunk(snapshot: Snapshot): number[] {
  return numbers(snapshot.chunks[0]!);
}

function numbers(bytes: Uint8Array): number[] {
  const decoded = decode(bytes);
  assert(!isFailure(decoded) && Array.isArray(decoded.value), 'the payload is a list');
  return decoded.value.map(Number);
}

function toBytes(value: Value): Uint8Array {
  const bytes = encode(value);
  assert(!isFailure(bytes), 'a list of integers has an encoding');
  return bytes;
}
