import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { toHex } from '../base/bytes.ts';
import { pureSha256, type Sha256 } from '../base/sha256.ts';
import { hashPages, hashParts, StateTree } from './state-tree.ts';

const page = (content: number): Uint8Array => Uint8Array.from([content, content >> 8]);

describe('the state tree (JOURNAL-004)', () => {
  it.each([0, 1, 2, 15, 16, 17, 255, 256, 257, 4097])(
    'has the root of its slow twin at %d pages',
    (count) => {
      const tree = new StateTree(pureSha256);
      const pages = Array.from({ length: count }, (_, index) => page(index));
      for (const [index, bytes] of pages.entries()) tree.setPage(index, bytes);
      expect(toHex(tree.root())).toBe(toHex(hashPages(pages, pureSha256)));
    },
  );

  it('has the root of its slow twin after any sets, in any order, read at any time', () => {
    const step = fc.record({ at: fc.nat(), content: fc.nat(9), isNew: fc.boolean(), isRead: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const tree = new StateTree(pureSha256);
        const pages: Uint8Array[] = [];
        for (const { at, content, isNew, isRead } of steps) {
          const index = isNew || pages.length === 0 ? pages.length : at % pages.length;
          pages[index] = page(content);
          tree.setPage(index, page(content));
          if (isRead) tree.root();
        }
        expect(toHex(tree.root())).toBe(toHex(hashPages(pages, pureSha256)));
      }),
      { seed: 41, numRuns: 300 },
    );
  });

  it('hashes only what changed', () => {
    let hashes = 0;
    const counting: Sha256 = {
      ...pureSha256,
      hash: (bytes) => {
        hashes += 1;
        return pureSha256.hash(bytes);
      },
    };
    const tree = new StateTree(counting);
    for (let index = 0; index < 4096; index += 1) tree.setPage(index, page(index));
    tree.root();
    hashes = 0;
    tree.setPage(1234, page(1));
    tree.setPage(1235, page(1));
    tree.root();
    expect(hashes).toBe(2 + 3 + 1);
  });

  it('tells apart states that differ in number, order or shape of pages', () => {
    const roots = [[], [page(0)], [page(0), page(0)], [page(0), page(1)], [page(1), page(0)]].map((pages) =>
      toHex(hashPages(pages, pureSha256)),
    );
    const inner = hashPages([page(0), page(1)], pureSha256);
    roots.push(toHex(hashPages([inner], pureSha256)));
    expect(new Set(roots).size).toBe(roots.length);
  });

  it('refuses to leave a page out', () => {
    expect(() => new StateTree(pureSha256).setPage(1, page(0))).toThrow('in order');
  });
});

describe('the hash of several parts', () => {
  it('depends on names and roots, not on the order of mention', () => {
    const a = new Uint8Array(32).fill(1);
    const b = new Uint8Array(32).fill(2);
    const hash = toHex(hashParts({ ledger: a, orders: b }, pureSha256));
    expect(toHex(hashParts({ orders: b, ledger: a }, pureSha256))).toBe(hash);
    expect(toHex(hashParts({ orders: a, ledger: b }, pureSha256))).not.toBe(hash);
  });
});
