import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { sameBytes } from '../base/bytes.ts';
import type { Sha256 } from '../base/sha256.ts';
import { type Domain, hashTagged } from './domain.ts';
import { HashColumn } from './hash-column.ts';
import { addSumBytes, addSums, judgeSum, readSum, SUM_BYTES, type SumRule, writeSum } from './sums.ts';

const HASH = 32;

/** What kind of tree it is: the domains of its leaves, nodes and root, how many sums a node has, and how they add. */
export type SumLayout = {
  readonly leaf: Domain;
  readonly node: Domain;
  readonly root: Domain;
  readonly sums: number;
  readonly rule: SumRule;
};

/** One account in the tree: its key, the commitment to its record, and what it adds to the sums. */
export type SumLeaf = {
  readonly key: Uint8Array;
  readonly commitment: Uint8Array;
  readonly sums: readonly bigint[];
};

/** Leaves as an array, or made one by one as they are asked for. */
export type SumLeaves = {
  readonly length: number;
  at(index: number): SumLeaf | Failure | undefined;
};

/** The hash of a subtree with the sums over it: what a parent's hash is made of, and what a path shows of a sibling. */
export type SumNode = { readonly hash: Uint8Array; readonly sums: readonly bigint[] };

/** Number of leaves, sums over all of them, and the hash that commits to both (PROOF-022). */
export type SumRoot = {
  readonly count: number;
  readonly hash: Uint8Array;
  readonly sums: readonly bigint[];
};

type Level = { bytes: Uint8Array<ArrayBuffer>; view: DataView; count: number };

/**
 * A Merkle-sum tree (PROOF-020): a node's hash covers the hashes **and the sums** of both children, so no child can be told other
 * sums than its sibling. Leaves ascend strictly by key. Without a partner, a node moves up as it is; nothing is ever duplicated.
 */
export class SumTree {
  readonly layout: SumLayout;
  readonly #sha256: Sha256;
  readonly #width: number;
  readonly #scratch: Uint8Array;
  readonly #levels: Level[];
  readonly #keys: HashColumn;

  private constructor(layout: SumLayout, count: number, sha256: Sha256) {
    this.layout = layout;
    this.#sha256 = sha256;
    this.#width = HASH + layout.sums * SUM_BYTES;
    this.#scratch = new Uint8Array(1 + 2 * this.#width);
    this.#keys = new HashColumn(count);
    this.#levels = [makeLevel(count, this.#width)];
    for (let above = count; above > 1;) {
      above = Math.ceil(above / 2);
      this.#levels.push(makeLevel(above, this.#width));
    }
  }

  /**
   * Builds the tree at once. Refuses DUPLICATE_ID for keys that do not ascend strictly, NUMBER_OUT_OF_RANGE for a sum outside
   * its range, of a leaf or of any node.
   */
  static build(layout: SumLayout, leaves: SumLeaves, sha256: Sha256): SumTree | Failure {
    const tree = new SumTree(layout, leaves.length, sha256);
    for (let index = 0; index < leaves.length; index += 1) {
      const leaf = leaves.at(index)!;
      if (isFailure(leaf)) return leaf;
      const refused = refuseLeaf(leaf, layout) ?? tree.#refuseKey(index, leaf.key);
      if (refused !== null) return refused;
      tree.#writeLeaf(index, leaf);
    }
    for (let height = 1; height < tree.#levels.length; height += 1) {
      for (let index = 0; index < tree.#levels[height]!.count; index += 1) {
        const refused = tree.#combine(height, index);
        if (refused !== null) return refused;
      }
    }
    return tree;
  }

  get count(): number {
    return this.#levels[0]!.count;
  }

  /**
   * Replaces the leaf at `index` under the same key and hashes its path again: the root is that of a tree built anew. Refuses
   * what {@link build} refuses, and another key (DUPLICATE_ID); the tree is then as it was.
   */
  update(index: number, leaf: SumLeaf): Failure | null {
    if (index >= this.count || !sameBytes(this.#keys.at(index), leaf.key)) {
      return refuse('DUPLICATE_ID', {
        field: `leaves[${index}].key`,
        value: index,
        expected: 'the key of the leaf',
      });
    }
    const refused = refuseLeaf(leaf, this.layout);
    if (refused !== null) return refused;
    const before = this.#path(index);
    this.#writeLeaf(index, leaf);
    for (let height = 1; height < this.#levels.length; height += 1) {
      const overflow = this.#combine(height, index >> height);
      if (overflow === null) continue;
      this.#restore(index, before);
      return overflow;
    }
    return null;
  }

  root(): SumRoot {
    const { count, layout } = this;
    const top = count === 0 ? emptyNode(layout) : this.#node(this.#levels.length - 1, 0);
    return { count, hash: hashRoot({ count, top, layout }, this.#sha256), sums: top.sums };
  }

  /** The siblings of a leaf from the bottom up; levels where it moves up alone have none. */
  prove(index: number): SumNode[] {
    const path: SumNode[] = [];
    for (let height = 0; height < this.#levels.length - 1; height += 1) {
      const sibling = (index >> height) ^ 1;
      if (sibling < this.#levels[height]!.count) path.push(this.#node(height, sibling));
    }
    return path;
  }

  /** Puts a key in its place. */
  #refuseKey(index: number, key: Uint8Array): Failure | null {
    this.#keys.put(index, key);
    if (index === 0 || this.#keys.compare(index - 1, index) < 0) return null;
    const expected = 'keys strictly ascending';
    return refuse('DUPLICATE_ID', { field: `leaves[${index}].key`, value: index, expected });
  }

  #node(height: number, index: number): SumNode {
    const { bytes, view } = this.#levels[height]!;
    const at = index * this.#width;
    const sums: bigint[] = [];
    for (let i = 0; i < this.layout.sums; i += 1) sums.push(readSum(view, at + HASH + i * SUM_BYTES));
    return { hash: bytes.slice(at, at + HASH), sums };
  }

  #writeLeaf(index: number, leaf: SumLeaf): void {
    const { bytes, view } = this.#levels[0]!;
    const at = index * this.#width;
    for (let i = 0; i < leaf.sums.length; i += 1) writeSum(view, at + HASH + i * SUM_BYTES, leaf.sums[i]!);
    const sums = bytes.subarray(at + HASH, at + this.#width);
    bytes.set(hashTagged(this.#sha256, this.layout.leaf, leaf.key, leaf.commitment, sums), at);
  }

  #combine(height: number, index: number): Failure | null {
    const below = this.#levels[height - 1]!;
    const { bytes, view } = this.#levels[height]!;
    const width = this.#width;
    const left = 2 * index * width;
    const at = index * width;
    if (2 * index + 1 === below.count) {
      bytes.set(below.bytes.subarray(left, left + width), at);
      return null;
    }
    this.#scratch[0] = this.layout.node;
    this.#scratch.set(below.bytes.subarray(left, left + 2 * width), 1);
    bytes.set(this.#sha256.hash(this.#scratch), at);
    return this.#addChildren({ below: below.view, left, view, at });
  }

  #addChildren(by: { below: DataView; left: number; view: DataView; at: number }): Failure | null {
    const { below, left, view, at } = by;
    const { sums, rule } = this.layout;
    const from = left + HASH;
    if (rule === 'exact') {
      const isSound = addSumBytes(
        { from: below, to: view },
        { left: from, right: from + this.#width, to: at + HASH },
        sums,
      );
      return isSound ? null : overflows();
    }
    for (let i = 0; i < sums * SUM_BYTES; i += SUM_BYTES) {
      const sum = addSums([readSum(below, from + i)], [readSum(below, from + this.#width + i)], rule);
      if (isFailure(sum)) return sum;
      writeSum(view, at + HASH + i, sum[0]!);
    }
    return null;
  }

  #path(index: number): Uint8Array[] {
    return this.#levels.map(({ bytes }, height) => {
      const at = (index >> height) * this.#width;
      return bytes.slice(at, at + this.#width);
    });
  }

  #restore(index: number, path: readonly Uint8Array[]): void {
    for (const [height, node] of path.entries()) {
      this.#levels[height]!.bytes.set(node, (index >> height) * this.#width);
    }
  }
}

/**
 * Follows a path from a leaf to the top (PROOF-023) and gives the root that it leads to. Refuses PROOF_INVALID for an index outside
 * the tree, a path of another length than the index and count have, or a sibling with another number of sums;
 * NUMBER_OUT_OF_RANGE for a sum outside its range anywhere on the way.
 */
export function rootOfPath(
  leaf: SumLeaf,
  at: { readonly index: number; readonly count: number; readonly path: readonly SumNode[] },
  by: { readonly layout: SumLayout; readonly sha256: Sha256 },
): SumRoot | Failure {
  const { layout, sha256 } = by;
  const { index, count, path } = at;
  if (index >= count) return invalidPath('index', index, `an index below ${count}`);
  const refused = refuseLeaf(leaf, layout);
  if (refused !== null) return refused;
  let node: SumNode = { hash: hashLeaf(leaf, layout, sha256), sums: leaf.sums };
  let used = 0;
  let place = index;
  for (let width = count; width > 1; width = Math.ceil(width / 2)) {
    const isLeft = place % 2 === 0;
    if (!isLeft || place + 1 < width) {
      const sibling = path[used];
      if (sibling === undefined) return invalidPath('path', path.length, 'more steps');
      const [left, right] = isLeft ? [node, sibling] : [sibling, node];
      const parent = combineNodes(left, right, by);
      if (isFailure(parent)) return parent;
      node = parent;
      used += 1;
    }
    place = Math.floor(place / 2);
  }
  if (used !== path.length) return invalidPath('path', path.length, `${used} steps`);
  return { count, hash: hashRoot({ count, top: node, layout }, sha256), sums: node.sums };
}

/** The hash that commits to the number of leaves, the sums, and the tree below. */
function hashRoot(
  of: { readonly count: number; readonly top: SumNode; readonly layout: SumLayout },
  sha256: Sha256,
): Uint8Array {
  const { count, top, layout } = of;
  const bytes = new Uint8Array(1 + 8 + 4 + HASH + layout.sums * SUM_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[0] = layout.root;
  view.setBigUint64(1, BigInt(count));
  view.setUint32(9, layout.sums);
  writeNode(bytes, 13, top);
  return sha256.hash(bytes);
}

function combineNodes(
  left: SumNode,
  right: SumNode,
  by: { readonly layout: SumLayout; readonly sha256: Sha256 },
): SumNode | Failure {
  const { layout, sha256 } = by;
  const width = HASH + layout.sums * SUM_BYTES;
  for (const { sums } of [left, right]) {
    if (sums.length !== layout.sums) return invalidPath('path.sums', sums.length, `${layout.sums} sums`);
    for (const sum of sums) {
      const refused = judgeSum(sum, layout.rule, 'path.sums');
      if (refused !== null) return refused;
    }
  }
  const sums = addSums(left.sums, right.sums, layout.rule);
  if (isFailure(sums)) return sums;
  const bytes = new Uint8Array(1 + 2 * width);
  bytes[0] = layout.node;
  writeNode(bytes, 1, left);
  writeNode(bytes, 1 + width, right);
  return { hash: sha256.hash(bytes), sums };
}

function hashLeaf(leaf: SumLeaf, layout: SumLayout, sha256: Sha256): Uint8Array {
  const node = new Uint8Array(HASH + layout.sums * SUM_BYTES);
  writeNode(node, 0, { hash: leaf.commitment, sums: leaf.sums });
  return hashTagged(sha256, layout.leaf, leaf.key, node);
}

function writeNode(bytes: Uint8Array<ArrayBuffer>, at: number, node: SumNode): void {
  const view = new DataView(bytes.buffer);
  bytes.set(node.hash, at);
  for (const [i, sum] of node.sums.entries()) writeSum(view, at + HASH + i * SUM_BYTES, sum);
}

function refuseLeaf(leaf: SumLeaf, layout: SumLayout): Failure | null {
  const { key, commitment, sums } = leaf;
  if (key.length !== HASH || commitment.length !== HASH || sums.length !== layout.sums) {
    return invalidPath('leaf', sums.length, `a key and a commitment of 32 bytes and ${layout.sums} sums`);
  }
  for (const [i, sum] of sums.entries()) {
    const refused = judgeSum(sum, layout.rule, `leaf.sums[${i}]`);
    if (refused !== null) return refused;
  }
  return null;
}

function emptyNode(layout: SumLayout): SumNode {
  return { hash: new Uint8Array(HASH), sums: Array.from({ length: layout.sums }, () => 0n) };
}

function makeLevel(count: number, width: number): Level {
  const bytes = new Uint8Array(count * width);
  return { bytes, view: new DataView(bytes.buffer), count };
}

function overflows(): Failure {
  const expected = 'sums of at most 128 bits';
  return refuse('NUMBER_OUT_OF_RANGE', { field: 'sums', value: 'an overflow', expected });
}

function invalidPath(field: string, value: unknown, expected: string): Failure {
  return refuse('PROOF_INVALID', { field, value, expected });
}
