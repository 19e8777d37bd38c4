import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { createLedger, HOUSE, type Ledger, listAsset, openAccount } from '../ledger/ledger.ts';
import { applyTransaction } from '../ledger/transaction.ts';

import { sameBytes, toHex } from '../base/bytes.ts';
import { decodeLedger, encodeLedger, encodeLedgerPage, ledgerPageOf } from './ledger-state.ts';
import { pureSha256 } from '../base/sha256.ts';
import { hashPages, StateTree } from './state-tree.ts';
import { encode, type Value } from '../base/value.ts';

function books(clients: number): Ledger {
  const ledger = createLedger();
  for (const id of ['USD', 'BTC', 'ETH']) listAsset(ledger, { id, places: 18 });
  openAccount(ledger, { id: HOUSE.custody, kind: 'custody' });
  for (let n = 0; n < clients; n += 1) openAccount(ledger, { id: `c${n}`, kind: 'client' });
  return ledger;
}

function pagesOf(ledger: Ledger): Uint8Array[] {
  const count = 1 + ledgerPageOf(ledger.accountIds.length - 1);
  return Array.from({ length: count }, (_, page) => encodeLedgerPage(ledger, page));
}

const transfer = fc.record({
  from: fc.nat(40),
  to: fc.nat(40),
  asset: fc.constantFrom('USD', 'BTC', 'ETH'),
  atoms: fc.oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n })),
});

describe('the ledger as bytes', () => {
  it('comes back the same, and its tree of pages follows every change', () => {
    fc.assert(
      fc.property(fc.array(transfer, { maxLength: 30 }), (transfers) => {
        const ledger = books(41);
        const tree = new StateTree(pureSha256);
        for (const [page, bytes] of pagesOf(ledger).entries()) tree.setPage(page, bytes);
        for (const { from, to, asset, atoms } of transfers) {
          const postings = [
            { account: `c${from}`, asset, atoms: -atoms },
            { account: `c${to}`, asset, atoms },
          ];
          expect(applyTransaction(ledger, { id: 't', postings })).toBe(ledger);
          for (const { account } of postings) {
            const page = ledgerPageOf(ledger.rowOf.get(account)!);
            tree.setPage(page, encodeLedgerPage(ledger, page));
          }
        }
        expect(toHex(tree.root())).toBe(toHex(hashPages(pagesOf(ledger), pureSha256)));
        const back = decodeLedger(encodeLedger(ledger));
        expect(isFailure(back)).toBe(false);
        if (isFailure(back)) return;
        expect(pagesOf(back).every((page, index) => sameBytes(page, pagesOf(ledger)[index]!))).toBe(true);
        expect(back.assets).toEqual(ledger.assets);
      }),
      { seed: 51, numRuns: 100 },
    );
  });

  it('comes in chunks when it is large', () => {
    const chunks = [...encodeLedger(books(9000))];
    expect(chunks).toHaveLength(1 + 3);
    const back = decodeLedger(chunks);
    expect(isFailure(back) ? back : back.accountIds.at(-1)).toBe('c8999');
  });

  it.each<[string, Value[]]>([
    ['rows that do not sum to zero', [[['USD', 6n]], [['c1', 'client', 0n, 5n]]]],
    [
      'an account on the wrong side',
      [
        [['USD', 6n]],
        [
          [HOUSE.custody, 'custody', 0n, 5n],
          ['c1', 'client', 0n, -5n],
        ],
      ],
    ],
    ['a zero written out', [[['USD', 6n]], [['c1', 'client', 0n, 0n]]]],
    ['an asset that is not listed', [[['USD', 6n]], [['c1', 'client', 1n, 1n]]]],
    ['an asset twice in a row', [[['USD', 6n]], [['c1', 'client', 0n, 1n, 0n, -1n]]]],
    ['an amount too large', [[['USD', 6n]], [['c1', 'client', 0n, 2n ** 127n]]]],
    ['a column without amount', [[['USD', 6n]], [['c1', 'client', 0n]]]],
    ['an unknown kind', [[['USD', 6n]], [['c1', 'toString']]]],
    [
      'an account twice',
      [
        [['USD', 6n]],
        [
          ['c1', 'client'],
          ['c1', 'client'],
        ],
      ],
    ],
    ['an asset without places', [[['USD']]]],
    ['an asset with odd places', [[['USD', -1n]]]],
    ['no list at all', [null]],
  ])('refuse %s', (_, chunks) => {
    const bytes = chunks.map((chunk) => encode(chunk) as Uint8Array);
    expect(decodeLedger(bytes)).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
  });

  it('refuse bytes that are no values', () => {
    expect(decodeLedger([new Uint8Array([99])])).toMatchObject({ failure: 'ENCODING_INVALID' });
  });
});
