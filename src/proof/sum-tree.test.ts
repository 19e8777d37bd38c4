import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { isFailure } from '../base/failure.ts';
import { nativeSha256 as sha256 } from '../io/store/sha256.ts';
import { DOMAIN } from './domain.ts';
import { sound } from './epoch.fixture.ts';
import { POSITION_LAYOUT } from './positions.ts';
import { rootOfPath, type SumLayout, type SumLeaf, type SumNode, SumTree } from './sum-tree.ts';
import { FINGERPRINT_MODULUS } from './sums.ts';
import { fixtureBytes } from './venue.fixture.ts';

const layoutOf = (sums: number): SumLayout => ({
  leaf: DOMAIN.liabilityLeaf,
  node: DOMAIN.liabilityNode,
  root: DOMAIN.liabilityRoot,
  sums,
  rule: 'exact',
});

function leavesOf(sums: readonly (readonly bigint[])[], seed = 1): SumLeaf[] {
  return sums
    .map((own, i) => ({
      key: fixtureBytes(32, seed * 10_000 + i),
      commitment: fixtureBytes(32, seed * 20_000 + i),
      sums: own,
    }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
}

/** The slow twin: hashes from the definition, by recursion over lists. */
function slowRoot(leaves: readonly SumLeaf[], layout: SumLayout): string {
  const wide = (sum: bigint): Buffer => Buffer.from(sum.toString(16).padStart(32, '0'), 'hex');
  const join = (...parts: (Uint8Array | readonly bigint[])[]): Uint8Array =>
    Buffer.concat(parts.flatMap((part) => (part instanceof Uint8Array ? [part] : part.map(wide))));
  let level: SumNode[] = leaves.map(({ key, commitment, sums }) => ({
    hash: sha256.hash(join(Uint8Array.of(layout.leaf), key, commitment, sums)),
    sums,
  }));
  while (level.length > 1) {
    const above: SumNode[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i]!, level[i + 1]];
      if (right === undefined) above.push(left);
      else {
        above.push({
          hash: sha256.hash(join(Uint8Array.of(layout.node), left.hash, left.sums, right.hash, right.sums)),
          sums: left.sums.map((sum, k) =>
            layout.rule === 'exact' ? sum + right.sums[k]! : (sum + right.sums[k]!) % FINGERPRINT_MODULUS,
          ),
        });
      }
    }
    level = above;
  }
  const counts = Buffer.alloc(12);
  counts.writeBigUInt64BE(BigInt(leaves.length));
  counts.writeUInt32BE(layout.sums, 8);
  return toHex(sha256.hash(join(Uint8Array.of(layout.root), counts, level[0]!.hash, level[0]!.sums)));
}

const books = fc.array(fc.array(fc.bigInt({ min: 0n, max: 2n ** 100n }), { minLength: 3, maxLength: 3 }), {
  minLength: 1,
  maxLength: 40,
});
const layout = layoutOf(3);

describe('the Merkle-sum tree (PROOF-020)', () => {
  it('sums what its leaves sum to, equals its slow twin, and proves every leaf (AC2)', () => {
    fc.assert(
      fc.property(books, (book) => {
        const leaves = leavesOf(book);
        const tree = sound(SumTree.build(layout, leaves, sha256));
        const root = tree.root();
        expect(root.sums).toEqual([0, 1, 2].map((k) => book.reduce((sum, own) => sum + own[k]!, 0n)));
        expect(toHex(root.hash)).toBe(slowRoot(leaves, layout));
        for (const [index, leaf] of leaves.entries()) {
          const at = { index, count: leaves.length, path: tree.prove(index) };
          expect(rootOfPath(leaf, at, { layout, sha256 })).toEqual(root);
        }
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('has after any updates the root of a tree built anew (AC2, PROOF-029)', () => {
    fc.assert(
      fc.property(
        books,
        fc.array(fc.tuple(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 90n })), { maxLength: 20 }),
        (book, updates) => {
          const leaves = leavesOf(book);
          const tree = sound(SumTree.build(layout, leaves, sha256));
          for (const [at, sum] of updates) {
            const index = at % leaves.length;
            leaves[index] = {
              ...leaves[index]!,
              commitment: fixtureBytes(32, at % 1_000),
              sums: [sum, 0n, sum],
            };
            expect(tree.update(index, leaves[index])).toBeNull();
          }
          expect(tree.root()).toEqual(sound(SumTree.build(layout, leaves, sha256)).root());
        },
      ),
      { seed: 12, numRuns: 60 },
    );
  });

  it('counts fingerprints modulo the prime, fast and slow alike', () => {
    const leaves = leavesOf([[FINGERPRINT_MODULUS - 1n], [5n], [FINGERPRINT_MODULUS - 2n], [0n], [7n]]);
    const tree = sound(SumTree.build(POSITION_LAYOUT, leaves, sha256));
    expect(tree.root().sums).toEqual([9n]);
    expect(toHex(tree.root().hash)).toBe(slowRoot(leaves, POSITION_LAYOUT));
    expect(isFailure(SumTree.build(POSITION_LAYOUT, leavesOf([[FINGERPRINT_MODULUS]]), sha256))).toBe(true);
  });

  it('refuses every single changed bit of leaf, path and place (AC2, PROOF-023)', () => {
    const leaves = leavesOf(
      Array.from({ length: 11 }, (_, i) => [BigInt(i) * 1_000n, 2n ** 100n + BigInt(i), 0n]),
    );
    const tree = sound(SumTree.build(layout, leaves, sha256));
    const root = tree.root();
    const accepts = (leaf: SumLeaf, at: { index: number; count: number; path: SumNode[] }): boolean => {
      const found = rootOfPath(leaf, at, { layout, sha256 });
      return !isFailure(found) && toHex(found.hash) === toHex(root.hash);
    };
    for (const index of [0, 4, 10]) {
      const leaf = leaves[index]!;
      const at = { index, count: leaves.length, path: tree.prove(index) };
      expect(accepts(leaf, at)).toBe(true);
      for (let bit = 0; bit < 256; bit += 1) {
        const flip = (bytes: Uint8Array): Uint8Array =>
          bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
        expect(accepts({ ...leaf, key: flip(leaf.key) }, at)).toBe(false);
        expect(accepts({ ...leaf, commitment: flip(leaf.commitment) }, at)).toBe(false);
        for (const [i, step] of at.path.entries()) {
          expect(accepts(leaf, { ...at, path: at.path.with(i, { ...step, hash: flip(step.hash) }) })).toBe(
            false,
          );
        }
      }
      for (let bit = 0n; bit < 128n; bit += 1n) {
        for (let k = 0; k < 3; k += 1) {
          const flip = (sums: readonly bigint[]): bigint[] => sums.with(k, sums[k]! ^ (1n << bit));
          expect(accepts({ ...leaf, sums: flip(leaf.sums) }, at)).toBe(false);
          for (const [i, step] of at.path.entries()) {
            expect(accepts(leaf, { ...at, path: at.path.with(i, { ...step, sums: flip(step.sums) }) })).toBe(
              false,
            );
          }
        }
      }
      for (let bit = 0; bit < 40; bit += 1) {
        const power = 2 ** bit;
        const flip = (value: number): number =>
          Math.floor(value / power) % 2 === 1 ? value - power : value + power;
        expect(accepts(leaf, { ...at, index: flip(index) })).toBe(false);
        expect(accepts(leaf, { ...at, count: flip(at.count) })).toBe(false);
      }
      expect(accepts(leaf, { ...at, path: at.path.slice(1) })).toBe(false);
      expect(accepts(leaf, { ...at, path: [...at.path, at.path[0]!] })).toBe(false);
    }
  });

  it('refuses keys that do not ascend strictly (PROOF-024) and sums without their width', () => {
    const [first, second] = leavesOf([
      [1n, 0n, 0n],
      [2n, 0n, 0n],
    ]);
    expect(isFailure(SumTree.build(layout, [second!, first!], sha256))).toBe(true);
    expect(isFailure(SumTree.build(layout, [first!, first!], sha256))).toBe(true);
    for (const sums of [
      [-1n, 0n, 0n],
      [2n ** 128n, 0n, 0n],
      [1n, 0n],
    ]) {
      expect(isFailure(SumTree.build(layout, [{ ...first!, sums }], sha256))).toBe(true);
    }
  });

  it('leaves the tree as it was when an update would overflow, and keeps the key of a leaf', () => {
    const leaves = leavesOf([
      [2n ** 128n - 5n, 0n, 0n],
      [3n, 0n, 0n],
      [1n, 0n, 0n],
    ]);
    const tree = sound(SumTree.build(layout, leaves, sha256));
    const before = tree.root();
    const small = leaves.findIndex(({ sums }) => sums[0] === 1n);
    expect(tree.update(small, { ...leaves[small]!, sums: [4n, 0n, 0n] })).not.toBeNull();
    expect(tree.update(small, { ...leaves[small]!, key: fixtureBytes(32, 9) })).not.toBeNull();
    expect(tree.update(7, leaves[0]!)).not.toBeNull();
    expect(tree.root()).toEqual(before);
  });

  it('commits to the number of leaves, an empty tree included (PROOF-022)', () => {
    const empty = sound(SumTree.build(layout, [], sha256)).root();
    expect(empty).toMatchObject({ count: 0, sums: [0n, 0n, 0n] });
    const one = sound(SumTree.build(layout, leavesOf([[0n, 0n, 0n]]), sha256));
    expect(toHex(one.root().hash)).not.toBe(toHex(empty.hash));
  });
});
