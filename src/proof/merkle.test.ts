import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { isFailure } from '../base/failure.ts';
import { pureSha256 as sha256 } from '../base/sha256.ts';
import { sound } from './epoch.fixture.ts';
import { hashLogLeaf, judgeConsistency, judgeInclusion, type LogHead, MerkleLog } from './merkle.ts';
import { fixtureBytes } from './venue.fixture.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** The entries and roots that the reference implementation of Certificate Transparency is tested with. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function logOf(entries: readonly Uint8Array[]): MerkleLog {
  const log = new MerkleLog(sha256);
  for (const entry of entries) log.append(entry);
  return log;
}

const entriesOf = (count: number, seed: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => fixtureBytes(9, seed * 1_000 + i));

describe('the log (PROOF-030)', () => {
  it('has the roots of the Certificate Transparency vectors at every size', () => {
    const log = logOf(ENTRIES.map(hex));
    const roots = ROOTS.map((_, size) => toHex(sound(log.head(size)).root));
    expect(roots).toEqual(ROOTS);
  });

  it('proves each entry at each size, and no other entry, size or order of hashes', () => {
    const entries = entriesOf(19, 1);
    const log = logOf(entries);
    for (let size = 1; size <= entries.length; size += 1) {
      const head = sound(log.head(size));
      for (let index = 0; index < size; index += 1) {
        const leaf = hashLogLeaf(entries[index]!, sha256);
        const proof = sound(log.proveInclusion(index, size));
        expect(judgeInclusion({ leaf, index, proof }, head, sha256)).toBeNull();
        for (let other = 0; other <= size; other += 1) {
          if (other !== index)
            expect(judgeInclusion({ leaf, index: other, proof }, head, sha256)).not.toBeNull();
        }
        expect(judgeInclusion({ leaf, index, proof: [...proof, leaf] }, head, sha256)).not.toBeNull();
        if (proof.length > 0) {
          expect(judgeInclusion({ leaf, index, proof: proof.slice(1) }, head, sha256)).not.toBeNull();
        }
      }
    }
  });

  it('proves that each size begins with each smaller one', () => {
    const log = logOf(entriesOf(19, 2));
    for (let size = 0; size <= 19; size += 1) {
      for (let oldSize = 0; oldSize <= size; oldSize += 1) {
        const [old, head] = [sound(log.head(oldSize)), sound(log.head(size))];
        const proof = sound(log.proveConsistency(oldSize, size));
        expect(judgeConsistency(old, head, { proof, sha256 })).toBeNull();
      }
    }
  });

  it('finds every single changed bit of a proof, head or entry', () => {
    const entries = entriesOf(11, 3);
    const log = logOf(entries);
    const [old, head] = [sound(log.head(6)), sound(log.head(11))];
    const inclusion = sound(log.proveInclusion(8, 11));
    const consistency = sound(log.proveConsistency(6, 11));
    const leaf = hashLogLeaf(entries[8]!, sha256);
    for (let bit = 0; bit < 256; bit += 1) {
      const flip = (bytes: Uint8Array): Uint8Array =>
        bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
      const flipHead = (at: LogHead): LogHead => ({ ...at, root: flip(at.root) });
      for (const [i, hash] of inclusion.entries()) {
        const proof = inclusion.with(i, flip(hash));
        expect(judgeInclusion({ leaf, index: 8, proof }, head, sha256)).not.toBeNull();
      }
      expect(judgeInclusion({ leaf: flip(leaf), index: 8, proof: inclusion }, head, sha256)).not.toBeNull();
      expect(judgeInclusion({ leaf, index: 8, proof: inclusion }, flipHead(head), sha256)).not.toBeNull();
      for (const [i, hash] of consistency.entries()) {
        const proof = consistency.with(i, flip(hash));
        expect(judgeConsistency(old, head, { proof, sha256 })).not.toBeNull();
      }
      expect(judgeConsistency(flipHead(old), head, { proof: consistency, sha256 })).not.toBeNull();
      expect(judgeConsistency(old, flipHead(head), { proof: consistency, sha256 })).not.toBeNull();
    }
  });

  it('finds no proof between logs that fork (AC5)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 19 }),
        (size, more, at) => {
          const entries = entriesOf(size + more, 4);
          const forked = entries.with(at % size, fixtureBytes(9, 77));
          const [old, head] = [sound(logOf(entries).head(size)), sound(logOf(forked).head())];
          for (const log of [logOf(entries), logOf(forked)]) {
            const proof = sound(log.proveConsistency(size, size + more));
            expect(judgeConsistency(old, head, { proof, sha256 })).not.toBeNull();
          }
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it('refuses sizes and places that it has not, and proofs of the wrong length', () => {
    const log = logOf(entriesOf(5, 6));
    for (const size of [-1, 6, 1.5, NaN]) expect(isFailure(log.head(size))).toBe(true);
    expect(isFailure(log.proveInclusion(3, 3))).toBe(true);
    expect(isFailure(log.proveConsistency(4, 3))).toBe(true);
    const [old, head] = [sound(log.head(3)), sound(log.head(5))];
    expect(judgeConsistency(head, old, { proof: [], sha256 })).not.toBeNull();
    expect(judgeConsistency(old, head, { proof: [], sha256 })).not.toBeNull();
    expect(judgeConsistency(old, { ...old, root: head.root }, { proof: [], sha256 })).not.toBeNull();
    expect(judgeConsistency(old, old, { proof: [head.root], sha256 })).not.toBeNull();
    const huge = { size: 2 ** 53 - 1, root: head.root };
    expect(judgeConsistency({ ...huge, size: 2 ** 52 }, huge, { proof: [head.root], sha256 })).not.toBeNull();
    expect(judgeInclusion({ leaf: head.root, index: 2 ** 40, proof: [] }, huge, sha256)).not.toBeNull();
  });
});
