import { assert } from '../base/assert.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import { decode, encode, type Value } from '../base/value.ts';
import { allPages, dirtyPages, partsOf } from '../engine/pages.ts';
import { restoreState } from '../engine/restore.ts';
import type { EngineState } from '../engine/state.ts';
import type { Page } from '../engine/table.ts';
import { decodeLedger, encodeLedger, encodeLedgerPage, ledgerPageOf } from './ledger-state.ts';
import { corrupt } from './record.ts';
import { hashParts, StateTree } from './state-tree.ts';

/**
 * The state hash of one engine, kept up to date command by command: a tree of pages for the ledger and for each table, and one hash over
 * their roots. A command costs the pages that it changed. There is one hasher for a state: it takes the marks of change away.
 */
export class EngineHasher {
  readonly #sha256: Sha256;
  readonly #state: EngineState;
  readonly #trees: Map<string, StateTree> = new Map();
  readonly #roots: Record<string, Uint8Array> = {};

  /** Hashes everything that there is. */
  constructor(state: EngineState, sha256: Sha256) {
    this.#sha256 = sha256;
    this.#state = state;
    for (const name of [LEDGER, ...partsOf(state).map((table) => table.name)]) {
      this.#trees.set(name, new StateTree(sha256));
    }
    dirtyPages(state);
    this.#setLedger(0);
    const rows = state.ledger.accountIds.length;
    for (let page = 1; rows > 0 && page <= ledgerPageOf(rows - 1); page++) this.#setLedger(page);
    for (const page of allPages(state)) this.#set(page);
    for (const [name, tree] of this.#trees) this.#roots[name] = tree.root();
  }

  /** The hash of the state as it is now, 32 bytes. */
  hash(): Uint8Array {
    const { pages, ledgerRows, ledgerAssets } = dirtyPages(this.#state);
    const changed = new Set<string>();
    for (const page of pages) {
      this.#set(page);
      changed.add(page.part);
    }
    if (ledgerAssets) this.#setLedger(0);
    for (const page of new Set(ledgerRows.map(ledgerPageOf))) this.#setLedger(page);
    if (ledgerAssets || ledgerRows.length > 0) changed.add(LEDGER);
    for (const name of changed) this.#roots[name] = this.#trees.get(name)!.root();
    return hashParts(this.#roots, this.#sha256);
  }

  #set({ part, index, value }: Page): void {
    this.#trees.get(part)!.setPage(index, toBytes(value));
  }

  #setLedger(page: number): void {
    this.#trees.get(LEDGER)!.setPage(page, encodeLedgerPage(this.#state.ledger, page));
  }
}

const LEDGER = 'ledger';

/** Bytes of pages in one chunk of a snapshot, about. */
const CHUNK_BYTES = 1 << 20;

/** The engine's state as chunks of a snapshot: how many belong to the ledger, the ledger, the pages. {@link decodeEngine} is the way back. */
export function* encodeEngine(state: EngineState): Generator<Uint8Array, void> {
  const ledger = [...encodeLedger(state.ledger)];
  yield toBytes(BigInt(ledger.length));
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
 * The state that {@link encodeEngine} wrote, with market and scenarios made again. Refuses JOURNAL_CORRUPT for anything else. Whoever loads a
 * snapshot compares the hash of the result with the one that the journal has.
 */
export function decodeEngine(chunks: readonly Uint8Array[]): EngineState | Failure {
  const first = chunks[0] === undefined ? corrupt('chunks', 'the snapshot') : decode(chunks[0]);
  if (isFailure(first)) return first;
  const count = Number(typeof first.value === 'bigint' ? first.value : -1n);
  if (!(count >= 1 && count < chunks.length + 1)) return corrupt('chunks of a ledger', 'the snapshot');
  const ledger = decodeLedger(chunks.slice(1, 1 + count));
  if (isFailure(ledger)) return ledger;
  const pages: Page[] = [];
  for (const chunk of chunks.slice(1 + count)) {
    const bad = readPages(chunk, pages);
    if (bad !== null) return bad;
  }
  return restoreState(ledger, pages);
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
