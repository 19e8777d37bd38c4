import { assert } from '../base/assert.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { HASH_BYTES, type Sha256 } from '../base/sha256.ts';
import { decode, encode, type Value } from '../base/value.ts';
import { allPages, dirtyPages, partsOf } from '../engine/pages.ts';
import type { EngineState } from '../engine/state.ts';
import type { Page } from '../engine/table.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { decodeLedger, encodeLedger, encodeLedgerPage, ledgerPageOf } from './ledger-state.ts';
import { corrupt } from './record.ts';
import { hashParts, StateTree } from './state-tree.ts';

/**
 * The state hash of one engine, kept up to date command by command: a tree of pages for the ledger and for each table, and one hash over
 * their roots. A command costs the pages that it changed. There is one hasher for a state: it takes the marks of change away.
 */
export class StateHasher {
  readonly #sha256: Sha256;
  readonly #trees: Map<string, StateTree> = new Map();
  readonly #roots: Record<string, Uint8Array> = {};

  /** Hashes everything that there is. */
  constructor(state: EngineState, sha256: Sha256) {
    this.#sha256 = sha256;
    for (const name of [LEDGER, ...partsOf(state).map((table) => table.name)]) {
      this.#trees.set(name, new StateTree(sha256));
    }
    dirtyPages(state);
    const rows = state.ledger.accountIds.length;
    const pages = rows === 0 ? 1 : ledgerPageOf(rows - 1) + 1;
    for (let page = 0; page < pages; page++) this.#setLedger(state, page);
    for (const page of allPages(state)) this.#set(page);
    for (const [name, tree] of this.#trees) this.#roots[name] = tree.root();
  }

  /** The hash of the state that it was made for as it is now, 32 bytes. */
  hash(state: EngineState): Uint8Array {
    const { pages, ledgerRows, ledgerAssets } = dirtyPages(state);
    const changed = new Set<string>();
    for (const page of pages) {
      this.#set(page);
      changed.add(page.part);
    }
    if (ledgerAssets) this.#setLedger(state, 0);
    for (const page of new Set(ledgerRows.map(ledgerPageOf))) this.#setLedger(state, page);
    if (ledgerAssets || ledgerRows.length > 0) changed.add(LEDGER);
    for (const name of changed) this.#roots[name] = this.#trees.get(name)!.root();
    return hashParts(this.#roots, this.#sha256);
  }

  #set({ part, index, value }: Page): void {
    this.#trees.get(part)!.setPage(index, toBytes(value));
  }

  #setLedger(state: EngineState, page: number): void {
    this.#trees.get(LEDGER)!.setPage(page, encodeLedgerPage(state.ledger, page));
  }
}

/** The hash of a whole state, made at once; the marks of change stay where they are. */
export function hashState(state: EngineState, sha256: Sha256): Uint8Array {
  const copy = { ...state, ledgerRows: new Set(state.ledgerRows) };
  const marks = partsOf(state).map((table) => [...table.dirty]);
  const hash = new StateHasher(copy, sha256).hash(copy);
  for (const [i, table] of partsOf(state).entries()) for (const page of marks[i]!) table.dirty.add(page);
  return hash;
}

/** The state hash that a record of kind `stateHash` holds. Refuses JOURNAL_CORRUPT for anything but 32 bytes. */
export function parseStateHash(payload: Uint8Array): Uint8Array | Failure {
  return payload.length === HASH_BYTES
    ? payload
    : corrupt('a hash of 32 bytes', 'the record of a state hash');
}

const LEDGER = 'ledger';

/** Bytes of pages in one chunk of a snapshot, about. */
const CHUNK_BYTES = 1 << 20;

/** A state as its snapshot holds it: what `restoreState` of the engine makes the state from, and the last command in it. */
export type StoredState = { readonly ledger: Ledger; readonly pages: readonly Page[]; readonly seq: number };

/**
 * The engine's state as chunks of a snapshot: the last sequence number and how many chunks are the ledger's, the ledger, the pages.
 * {@link decodeState} is the way back.
 */
export function* encodeState(state: EngineState): Generator<Uint8Array, void> {
  const ledger = [...encodeLedger(state.ledger)];
  yield toBytes([BigInt(state.seq), BigInt(ledger.length)]);
  yield* ledger;
  let chunk: Value[] = [];
  let size = 0;
  for (const { part, value } of allPages(state)) {
    const bytes = toBytes(value);
    chunk.push([part, bytes]);
    size += bytes.length;
    if (size < CHUNK_BYTES) continue;
    yield toBytes(chunk);
    chunk = [];
    size = 0;
  }
  if (chunk.length > 0) yield toBytes(chunk);
}

/**
 * What {@link encodeState} wrote. Refuses JOURNAL_CORRUPT for anything else. Whoever loads a snapshot compares the hash of the restored state
 * with the one that the journal has.
 */
export function decodeState(chunks: readonly Uint8Array[]): StoredState | Failure {
  const first = chunks[0] === undefined ? corrupt('chunks', 'the snapshot') : decode(chunks[0]);
  if (isFailure(first)) return first;
  const [last, count] = Array.isArray(first.value) ? (first.value as readonly Value[]) : [];
  const isHead = typeof last === 'bigint' && typeof count === 'bigint' && count >= 1n;
  if (!isHead || count >= BigInt(chunks.length)) return corrupt('the head of a state', 'the snapshot');
  const ledger = decodeLedger(chunks.slice(1, 1 + Number(count)));
  if (isFailure(ledger)) return ledger;
  const pages: Page[] = [];
  for (const chunk of chunks.slice(1 + Number(count))) {
    const bad = readPages(chunk, pages);
    if (bad !== null) return bad;
  }
  return { ledger, pages, seq: Number(last) };
}

function readPages(chunk: Uint8Array, into: Page[]): Failure | null {
  const decoded = decode(chunk);
  if (isFailure(decoded)) return decoded;
  if (!Array.isArray(decoded.value)) return corrupt('a list of pages', 'a chunk of the state');
  for (const entry of decoded.value as readonly Value[]) {
    const [part, bytes] = Array.isArray(entry) ? (entry as readonly Value[]) : [];
    if (typeof part !== 'string' || !(bytes instanceof Uint8Array)) {
      return corrupt('a page', 'a chunk of the state');
    }
    const page = decode(bytes);
    if (isFailure(page)) return page;
    into.push({ part, index: into.length, value: page.value });
  }
  return null;
}

function toBytes(value: Value): Uint8Array {
  const bytes = encode(value);
  assert(!isFailure(bytes), 'documents are plain values: finite names, no NaN, no class');
  return bytes;
}
