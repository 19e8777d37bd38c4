import { describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { isFailure } from '../base/failure.ts';
import { nativeSha256 as sha256 } from '../io/store/sha256.ts';
import { DOMAIN } from './domain.ts';
import { sound } from './epoch.fixture.ts';
import { keyOf } from './liabilities.ts';
import { rootOfPath, type SumLayout, type SumLeaf, type SumNode, SumTree } from './sum-tree.ts';
import { fixtureBytes } from './venue.fixture.ts';

/** Attacks on sums of liabilities, each carried out against a tree that lacks one defence, then against ours. */
const LAYOUT: SumLayout = {
  leaf: DOMAIN.liabilityLeaf,
  node: DOMAIN.liabilityNode,
  root: DOMAIN.liabilityRoot,
  sums: 1,
  rule: 'exact',
};

const BALANCES = [900n, 100n, 200n, 88n, 150n, 50n, 120n, 80n];
const TOTAL = 1_688n;

const wide = (value: bigint): Buffer =>
  Buffer.from(BigInt.asUintN(128, value).toString(16).padStart(32, '0'), 'hex');
const hashed = (...parts: readonly Uint8Array[]): Uint8Array => sha256.hash(Buffer.concat(parts));
const leafOf = (name: string, sum: bigint): SumLeaf => {
  const nonce = fixtureBytes(32, name.length);
  return { key: keyOf(name, nonce, sha256), commitment: hashed(nonce, Buffer.from(name)), sums: [sum] };
};
const LEAVES = BALANCES.map((sum, i) => leafOf(`user-${i}`, sum)).sort((a, b) =>
  Buffer.compare(a.key, b.key),
);

type Weak = { readonly hash: Uint8Array; readonly sum: bigint };
type WeakStep = Weak & { readonly isRight: boolean };

/** A binary tree over a power of two of leaves; `combine` is what is weak about it. */
function weakTree(leaves: readonly Weak[], combine: (left: Weak, right: Weak) => Weak): Weak[][] {
  const levels = [[...leaves]];
  while (levels.at(-1)!.length > 1) {
    const below = levels.at(-1)!;
    levels.push(below.filter((_, i) => i % 2 === 0).map((left, i) => combine(left, below[2 * i + 1]!)));
  }
  return levels;
}

describe('attack 1: a parent that hashes only its own sum (Hu, Zhang, Guo 2018)', () => {
  const weakParent = (left: Weak, right: Weak, sum: bigint): Weak => ({
    hash: hashed(left.hash, right.hash, wide(sum)),
    sum,
  });
  const weakLeaves = LEAVES.map(({ key, sums }): Weak => ({
    hash: hashed(key, wide(sums[0]!)),
    sum: sums[0]!,
  }));
  const larger = (left: Weak, right: Weak): Weak =>
    weakParent(left, right, left.sum > right.sum ? left.sum : right.sum);

  /** The prover claims for each child the sibling sum that makes up the parent. */
  const toldSibling = (levels: Weak[][], index: number): WeakStep[] =>
    levels.slice(0, -1).map((level, height) => {
      const at = index >> height;
      const sum = levels[height + 1]![at >> 1]!.sum - level[at]!.sum;
      return { hash: level[at ^ 1]!.hash, sum, isRight: at % 2 === 0 };
    });
  const weakVerify = (leaf: Weak, steps: readonly WeakStep[]): Weak =>
    steps.reduce((node, step) => {
      expect(step.sum).toBeGreaterThanOrEqual(0n);
      const sum = node.sum + step.sum;
      return step.isRight ? weakParent(node, step, sum) : weakParent(step, node, sum);
    }, leaf);

  it('hides 788 of 1,688 from all eight users of the weak tree', () => {
    const levels = weakTree(weakLeaves, larger);
    const root = levels.at(-1)![0]!;
    expect(root.sum).toBe(900n);
    const satisfied = weakLeaves.filter((leaf, i) => {
      const found = weakVerify(leaf, toldSibling(levels, i));
      return toHex(found.hash) === toHex(root.hash) && found.sum === root.sum;
    });
    expect(satisfied).toHaveLength(8);
  });

  it('satisfies at most one user of ours: a hash that covers both sums fits one story', () => {
    const claimed = 900n;
    const target = LEAVES.findIndex(({ sums }) => sums[0] === 900n);
    const honest = sound(SumTree.build(LAYOUT, LEAVES, sha256));
    const lie = honest.prove(target).map((step): SumNode => ({ ...step, sums: [0n] }));
    const at = { index: target, count: LEAVES.length, path: lie };
    const root = sound(rootOfPath(LEAVES[target]!, at, { layout: LAYOUT, sha256 }));
    expect(root.sums).toEqual([claimed]);
    const satisfied = LEAVES.filter((leaf, index) => {
      for (let other = 0n; other <= claimed; other += 1n) {
        const path = honest.prove(index).map((step, height): SumNode => {
          const isTop = height === 2;
          return { ...step, sums: [isTop ? other : 0n] };
        });
        const found = rootOfPath(leaf, { index, count: LEAVES.length, path }, { layout: LAYOUT, sha256 });
        if (!isFailure(found) && toHex(found.hash) === toHex(root.hash)) return true;
      }
      return false;
    });
    expect(satisfied).toHaveLength(1);
    expect(honest.root().sums).toEqual([TOTAL]);
  });
});

describe('attack 3: a dummy leaf whose sum wraps around', () => {
  const dummy = 2n ** 128n - 500n;
  const wrapping = (left: Weak, right: Weak): Weak => {
    const sum = BigInt.asUintN(128, left.sum + right.sum);
    return { hash: hashed(left.hash, wide(left.sum), right.hash, wide(right.sum)), sum };
  };

  it('takes 500 off the total of a tree that adds without looking', () => {
    const leaves = BALANCES.map((sum, i): Weak => ({ hash: fixtureBytes(32, i), sum })).with(7, {
      hash: fixtureBytes(32, 7),
      sum: dummy,
    });
    expect(weakTree(leaves, wrapping).at(-1)![0]!.sum).toBe(TOTAL - 80n - 500n);
  });

  it('is refused by ours, when the tree is built and when a path is followed', () => {
    const leaves = [...LEAVES, leafOf('dummy', dummy)].sort((a, b) => Buffer.compare(a.key, b.key));
    expect(SumTree.build(LAYOUT, leaves, sha256)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
    const path: SumNode[] = [{ hash: fixtureBytes(32, 1), sums: [dummy] }];
    const found = rootOfPath(
      LEAVES.find(({ sums }) => sums[0]! > 500n)!,
      { index: 0, count: 2, path },
      { layout: LAYOUT, sha256 },
    );
    expect(found).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
    const negative: SumNode[] = [{ hash: fixtureBytes(32, 1), sums: [-500n] }];
    expect(
      rootOfPath(LEAVES[0]!, { index: 0, count: 2, path: negative }, { layout: LAYOUT, sha256 }),
    ).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
  });
});

describe('attack 4: one leaf for two users with the same balance', () => {
  it('satisfies both where a leaf is only a balance', () => {
    const weakLeaf = (_user: string, sum: bigint): Weak => ({ hash: hashed(wide(sum)), sum });
    const shared = weakLeaf('anna', 100n);
    expect(weakLeaf('berta', 100n)).toEqual(shared);
  });

  it('satisfies one of them where key and commitment are of the account', () => {
    const [anna, berta] = [leafOf('anna', 100n), leafOf('berta', 100n)];
    const tree = sound(SumTree.build(LAYOUT, [anna], sha256));
    const at = { index: 0, count: 1, path: [] };
    expect(rootOfPath(anna, at, { layout: LAYOUT, sha256 })).toEqual(tree.root());
    expect(toHex(sound(rootOfPath(berta, at, { layout: LAYOUT, sha256 })).hash)).not.toBe(
      toHex(tree.root().hash),
    );
  });
});

describe('attack 6: a node read as a leaf, and a last node counted twice (CVE-2012-2459)', () => {
  const plain = (left: Weak, right: Weak): Weak => ({
    hash: hashed(left.hash, right.hash),
    sum: left.sum + right.sum,
  });

  it('fools a tree without domains and one that repeats its last node', () => {
    const pair = [fixtureBytes(32, 1), fixtureBytes(32, 2)] as const;
    const node = plain({ hash: pair[0], sum: 1n }, { hash: pair[1], sum: 2n });
    const leafOfAnything = (content: Uint8Array): Uint8Array => hashed(content);
    expect(leafOfAnything(Buffer.concat(pair))).toEqual(node.hash);
    const repeat = (leaves: readonly Weak[]): Weak =>
      weakTree(leaves.length % 2 === 1 ? [...leaves, leaves.at(-1)!] : leaves, plain).at(-1)![0]!;
    const three = [1, 2, 3].map((seed): Weak => ({ hash: fixtureBytes(32, seed), sum: 0n }));
    expect(repeat(three)).toEqual(repeat([...three, three[2]!]));
  });

  it('does not fool ours: another first byte, a committed count, strictly ascending keys', () => {
    const tree = sound(SumTree.build(LAYOUT, LEAVES, sha256));
    const [left, right] = [tree.prove(1)[0]!, tree.prove(0)[0]!];
    const posing: SumLeaf = {
      key: left.hash,
      commitment: right.hash,
      sums: [left.sums[0]! + right.sums[0]!],
    };
    const at = { index: 0, count: 4, path: tree.prove(0).slice(1) };
    expect(toHex(sound(rootOfPath(posing, at, { layout: LAYOUT, sha256 })).hash)).not.toBe(
      toHex(tree.root().hash),
    );
    const three = LEAVES.slice(0, 3);
    expect(isFailure(SumTree.build(LAYOUT, [...three, three[2]!], sha256))).toBe(true);
    const last = { index: 2, count: 3, path: sound(SumTree.build(LAYOUT, three, sha256)).prove(2) };
    const asFourth = rootOfPath(three[2]!, { ...last, index: 3, count: 4 }, { layout: LAYOUT, sha256 });
    expect(isFailure(asFourth)).toBe(true);
  });
});

describe('attacks 8 and 9: fields that fit no width, places outside the tree', () => {
  it('gives two amounts one hash where fields are packed without a range check', () => {
    const packed = (sum: bigint): Uint8Array => hashed(wide(BigInt.asUintN(64, sum)));
    expect(packed(5n + 2n ** 64n)).toEqual(packed(5n));
  });

  it('gives no two amounts one hash in ours: what does not fit is refused before it is packed', () => {
    const [leaf] = LEAVES;
    const at = { index: 0, count: 1, path: [] };
    const root = (sum: bigint): string =>
      toHex(sound(rootOfPath({ ...leaf!, sums: [sum] }, at, { layout: LAYOUT, sha256 })).hash);
    expect(root(5n + 2n ** 64n)).not.toBe(root(5n));
    expect(rootOfPath({ ...leaf!, sums: [5n + 2n ** 128n] }, at, { layout: LAYOUT, sha256 })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
  });

  it('takes another index for the same leaf where only the low bits of it are looked at, not in ours', () => {
    const tree = sound(SumTree.build(LAYOUT, LEAVES, sha256));
    const lowBits = (index: number): number => index % 8;
    const follow = (index: number): unknown =>
      rootOfPath(LEAVES[3]!, { index, count: 8, path: tree.prove(3) }, { layout: LAYOUT, sha256 });
    expect(follow(lowBits(11))).toEqual(tree.root());
    expect(follow(11)).toMatchObject({ failure: 'PROOF_INVALID' });
  });
});
