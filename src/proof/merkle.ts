import { sameBytes } from '../base/bytes.ts';
import { type Failure, refuse } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import { DOMAIN, hashTagged } from './domain.ts';

/** Size and root hash of a log: what a checkpoint states. */
export type LogHead = { readonly size: number; readonly root: Uint8Array };

export function hashLogLeaf(entry: Uint8Array, sha256: Sha256): Uint8Array {
  return hashTagged(sha256, DOMAIN.logLeaf, entry);
}

function hashLogNode(left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array {
  return hashTagged(sha256, DOMAIN.logNode, left, right);
}

/**
 * An append-only Merkle tree as RFC 6962, section 2.1, defines it (PROOF-030): the hashes of all complete subtrees, by height. A head
 * or proof for any size up to the present one costs a number of hashes logarithmic in it.
 */
export class MerkleLog {
  readonly #sha256: Sha256;
  readonly #levels: Uint8Array[][] = [[]];

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  get size(): number {
    return this.#levels[0]!.length;
  }

  /** Adds an entry; the log now ends with it. */
  append(entry: Uint8Array): void {
    let hash = hashLogLeaf(entry, this.#sha256);
    for (let height = 0; ; height += 1) {
      if (height === this.#levels.length) this.#levels.push([]);
      const level = this.#levels[height]!;
      level.push(hash);
      if (level.length % 2 === 1) return;
      hash = hashLogNode(level.at(-2)!, hash, this.#sha256);
    }
  }

  /** The head when the log had `size` entries. Refuses NUMBER_OUT_OF_RANGE for a size it has not reached. */
  head(size: number = this.size): LogHead | Failure {
    const refused = this.#refuseRange(size, this.size, 'size');
    if (refused !== null) return refused;
    return { size, root: size === 0 ? this.#sha256.hash(new Uint8Array(0)) : this.#range({ from: 0, size }) };
  }

  /** Proof that entry `index` is in the log of `size` (RFC 6962, 2.1.1). Refuses NUMBER_OUT_OF_RANGE. */
  proveInclusion(index: number, size: number): Uint8Array[] | Failure {
    const refused = this.#refuseRange(size, this.size, 'size') ?? this.#refuseRange(index, size - 1, 'index');
    return refused ?? this.#path(index, { from: 0, size });
  }

  /** Proof that the log of `size` begins with that of `oldSize` (RFC 6962, 2.1.2). Refuses NUMBER_OUT_OF_RANGE. */
  proveConsistency(oldSize: number, size: number): Uint8Array[] | Failure {
    const refused = this.#refuseRange(size, this.size, 'size') ?? this.#refuseRange(oldSize, size, 'oldSize');
    if (refused !== null) return refused;
    return oldSize === 0 || oldSize === size ? [] : this.#subProof(oldSize, { from: 0, size }, true);
  }

  #refuseRange(value: number, max: number, field: string): Failure | null {
    if (Number.isInteger(value) && value >= 0 && value <= max) return null;
    return refuse('NUMBER_OUT_OF_RANGE', { field, value, expected: `from 0 to ${max}` });
  }

  /** Root of `size` entries from `from` on; `from` is a multiple of the smallest power of two that holds `size`. */
  #range({ from, size }: Range): Uint8Array {
    const split = splitOf(size);
    const height = 31 - Math.clz32(size);
    if (size === 1 || split * 2 === size) return this.#levels[height]![from / size]!;
    const left = this.#range({ from, size: split });
    return hashLogNode(left, this.#range({ from: from + split, size: size - split }), this.#sha256);
  }

  #path(index: number, { from, size }: Range): Uint8Array[] {
    if (size === 1) return [];
    const split = splitOf(size);
    const left = { from, size: split };
    const right = { from: from + split, size: size - split };
    return index < split
      ? [...this.#path(index, left), this.#range(right)]
      : [...this.#path(index - split, right), this.#range(left)];
  }

  #subProof(oldSize: number, { from, size }: Range, isWhole: boolean): Uint8Array[] {
    if (oldSize === size) return isWhole ? [] : [this.#range({ from, size })];
    const split = splitOf(size);
    const left = { from, size: split };
    const right = { from: from + split, size: size - split };
    return oldSize <= split
      ? [...this.#subProof(oldSize, left, isWhole), this.#range(right)]
      : [...this.#subProof(oldSize - split, right, false), this.#range(left)];
  }
}

type Range = { readonly from: number; readonly size: number };

/** The largest power of two below `size` (≥ 2): where RFC 6962 splits; 0 for 1. */
function splitOf(size: number): number {
  if (size < 2) return 0;
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** Whether `proof` shows that `leaf` is entry `index` of the log with this head: null, or PROOF_INVALID (RFC 9162, 2.1.3.2). */
export function judgeInclusion(
  at: { readonly leaf: Uint8Array; readonly index: number; readonly proof: readonly Uint8Array[] },
  head: LogHead,
  sha256: Sha256,
): Failure | null {
  const { index, proof } = at;
  if (index >= head.size) return invalid('index', index, `an index below ${head.size}`);
  let hash = at.leaf;
  let place = index;
  let last = head.size - 1;
  for (const sibling of proof) {
    if (last === 0) return invalid('proof', proof.length, 'fewer hashes');
    if (place % 2 === 1 || place === last) {
      hash = hashLogNode(sibling, hash, sha256);
      while (place % 2 === 0 && place > 0) [place, last] = [half(place), half(last)];
    } else {
      hash = hashLogNode(hash, sibling, sha256);
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0) return invalid('proof', proof.length, 'more hashes');
  return sameBytes(hash, head.root) ? null : invalid('proof', 'another root', 'the root of the head');
}

/**
 * Whether `proof` shows that the log of `head` begins with that of `old`: null, or PROOF_INVALID (RFC 9162, 2.1.4.2). Everything begins
 * with nothing, by an empty proof.
 */
export function judgeConsistency(
  old: LogHead,
  head: LogHead,
  by: { readonly proof: readonly Uint8Array[]; readonly sha256: Sha256 },
): Failure | null {
  const { proof, sha256 } = by;
  if (old.size > head.size) return invalid('size', old.size, `at most ${head.size}`);
  if (old.size === 0 || old.size === head.size) {
    const isSame = old.size === 0 || sameBytes(old.root, head.root);
    if (!isSame) return invalid('root', 'another root', 'one root for one size');
    return proof.length === 0 ? null : invalid('proof', proof.length, 'no hashes');
  }
  const steps = isPowerOfTwo(old.size) ? [old.root, ...proof] : proof;
  const roots = followConsistency(steps, { place: old.size - 1, last: head.size - 1 }, sha256);
  if (roots === null) return invalid('proof', proof.length, 'a proof of the right length');
  if (!sameBytes(roots.old, old.root)) return invalid('proof', 'another root', 'the root of the old head');
  return sameBytes(roots.now, head.root) ? null : invalid('proof', 'another root', 'the root of the head');
}

function followConsistency(
  steps: readonly Uint8Array[],
  at: { place: number; last: number },
  sha256: Sha256,
): { old: Uint8Array; now: Uint8Array } | null {
  let { place, last } = at;
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  const first = steps[0];
  if (first === undefined) return null;
  let old = first;
  let now = first;
  for (const step of steps.slice(1)) {
    if (last === 0) return null;
    if (place % 2 === 1 || place === last) {
      old = hashLogNode(step, old, sha256);
      now = hashLogNode(step, now, sha256);
      while (place % 2 === 0 && place > 0) [place, last] = [half(place), half(last)];
    } else {
      now = hashLogNode(now, step, sha256);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? { old, now } : null;
}

function isPowerOfTwo(size: number): boolean {
  let odd = size;
  while (odd % 2 === 0) odd /= 2;
  return odd === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function invalid(field: string, value: unknown, expected: string): Failure {
  return refuse('PROOF_INVALID', { field, value, expected });
}
