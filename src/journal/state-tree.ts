import { assert } from '../base/assert.ts';
import { isFailure } from '../base/failure.ts';
import { ByteWriter } from '../base/bytes.ts';
import { HASH_BYTES, type Sha256 } from '../base/sha256.ts';
import { encode } from '../base/value.ts';

const CHILDREN_MAX = 16;
/** First byte of what is hashed, so that a page, a node and a root are never taken for one another. */
const DOMAIN = { page: 0, node: 1, root: 2 } as const;

type Level = { hashes: Uint8Array; count: number; readonly dirty: Set<number> };

/**
 * The hash of a state too large to hash whole after every command (JOURNAL-004): a tree, 16 wide, over numbered pages of canonical
 * bytes. Setting a page costs its hash; the root then costs one node a level for each page set. The root depends on
 * the pages alone, not on when or in what order they were set ({@link hashPages} is the slow twin).
 */
export class StateTree {
  readonly #sha256: Sha256;
  readonly #levels: Level[] = [emptyLevel()];

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  get pageCount(): number {
    return this.#levels[0]!.count;
  }

  /** Sets page `index`: one that exists, or the next. */
  setPage(index: number, bytes: Uint8Array): void {
    assert(index >= 0 && index <= this.pageCount, 'pages are added in order');
    this.#put(0, index, hashTagged(this.#sha256, DOMAIN.page, bytes));
  }

  /** The hash of all pages as they are now, 32 bytes. */
  root(): Uint8Array {
    for (let depth = 0; depth < this.#levels.length; depth += 1) {
      const level = this.#levels[depth]!;
      for (const parent of level.dirty) this.#put(depth + 1, parent, this.#node(level, parent));
      level.dirty.clear();
    }
    return hashRoot(this.#sha256, this.pageCount, this.#top());
  }

  #top(): Uint8Array {
    const top = this.#levels.at(-1)!;
    return top.hashes.slice(0, top.count * HASH_BYTES);
  }

  #node(level: Level, index: number): Uint8Array {
    const first = index * CHILDREN_MAX;
    const last = Math.min(first + CHILDREN_MAX, level.count);
    return hashTagged(
      this.#sha256,
      DOMAIN.node,
      level.hashes.subarray(first * HASH_BYTES, last * HASH_BYTES),
    );
  }

  #put(depth: number, index: number, hash: Uint8Array): void {
    if (depth === this.#levels.length) this.#levels.push(emptyLevel());
    const level = this.#levels[depth]!;
    if (index >= level.count) level.count = index + 1;
    if (level.count * HASH_BYTES > level.hashes.length) {
      const wider = new Uint8Array(level.hashes.length * 2);
      wider.set(level.hashes);
      level.hashes = wider;
    }
    level.hashes.set(hash, index * HASH_BYTES);
    // A level of one hash is the top; the second one makes it need a level above, for both.
    if (level.count > 1) level.dirty.add(Math.floor(index / CHILDREN_MAX));
  }
}

/** The root of {@link StateTree} over `pages`, computed at once. */
export function hashPages(pages: readonly Uint8Array[], sha256: Sha256): Uint8Array {
  let level = pages.map((page) => hashTagged(sha256, DOMAIN.page, page));
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let first = 0; first < level.length; first += CHILDREN_MAX) {
      above.push(hashTagged(sha256, DOMAIN.node, joined(level.slice(first, first + CHILDREN_MAX))));
    }
    level = above;
  }
  return hashRoot(sha256, pages.length, joined(level));
}

/** One hash for a state of several parts: SHA-256 of the canonical encoding of the map from part to root. */
export function hashParts(roots: Readonly<Record<string, Uint8Array>>, sha256: Sha256): Uint8Array {
  const bytes = encode(roots);
  assert(!isFailure(bytes), 'a map of hashes has an encoding');
  return sha256.hash(bytes);
}

function emptyLevel(): Level {
  return { hashes: new Uint8Array(HASH_BYTES * CHILDREN_MAX), count: 0, dirty: new Set() };
}

function hashRoot(sha256: Sha256, pageCount: number, top: Uint8Array): Uint8Array {
  const writer = new ByteWriter();
  writer.u53(pageCount);
  writer.raw(top);
  return hashTagged(sha256, DOMAIN.root, writer.take());
}

function hashTagged(sha256: Sha256, domain: number, bytes: Uint8Array): Uint8Array {
  const tagged = new Uint8Array(bytes.length + 1);
  tagged[0] = domain;
  tagged.set(bytes, 1);
  return sha256.hash(tagged);
}

function joined(hashes: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  for (const hash of hashes) writer.raw(hash);
  return writer.take();
}
