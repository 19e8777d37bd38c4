import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import {
  assetTotals,
  balanceOf,
  createLedger,
  HOUSE,
  type Ledger,
  listAsset,
  openAccount,
  rowBalances,
  settlementAccount,
} from './ledger.ts';
import { applyTransaction } from './transaction.ts';

function books(): Ledger {
  const ledger = createLedger();
  listAsset(ledger, { id: 'USD', places: 6 });
  listAsset(ledger, { id: 'BTC', places: 8 });
  openAccount(ledger, { id: HOUSE.custody, kind: 'custody' });
  openAccount(ledger, { id: HOUSE.fee, kind: 'fee' });
  openAccount(ledger, { id: 'ada', kind: 'client' });
  return ledger;
}

describe('the books', () => {
  it('show what an account holds, in order of listing, zeros left out', () => {
    const ledger = books();
    const done = applyTransaction(ledger, {
      id: 'd1',
      postings: [
        { account: 'ada', asset: 'BTC', atoms: 5n },
        { account: HOUSE.custody, asset: 'BTC', atoms: -5n },
        { account: 'ada', asset: 'USD', atoms: 9n },
        { account: HOUSE.custody, asset: 'USD', atoms: -9n },
      ],
    });
    expect(done).toBe(ledger);
    expect(balanceOf(ledger, 'ada', 'USD')).toBe(9n);
    expect(rowBalances(ledger, 2).map(({ asset, atoms }) => [asset.id, atoms])).toEqual([
      ['USD', 9n],
      ['BTC', 5n],
    ]);
    expect(rowBalances(ledger, 1)).toEqual([]);
    expect(assetTotals(ledger).map(({ atoms }) => atoms)).toEqual([0n, 0n]);
  });

  it('refuse what they do not know', () => {
    expect(balanceOf(books(), 'eve', 'USD')).toMatchObject({ failure: 'UNKNOWN_ACCOUNT' });
    expect(balanceOf(books(), 'ada', 'XRP')).toMatchObject({ failure: 'UNKNOWN_ASSET' });
  });

  it('keep client names and house names apart (LEDGER-004)', () => {
    const ledger = books();
    expect(openAccount(ledger, { id: '$fee2', kind: 'client' })).toMatchObject({ failure: 'SHAPE_INVALID' });
    expect(openAccount(ledger, { id: 'fee2', kind: 'fee' })).toMatchObject({ failure: 'SHAPE_INVALID' });
    expect(isFailure(openAccount(ledger, { id: settlementAccount('BTC-PERP'), kind: 'settlement' }))).toBe(
      false,
    );
  });

  it.each([
    [{ id: '', kind: 'client' }, 'SHAPE_INVALID'],
    [{ id: 'x'.repeat(129), kind: 'client' }, 'SHAPE_INVALID'],
    [{ id: '\ud800', kind: 'client' }, 'SHAPE_INVALID'],
    [{ id: 'ada', kind: 'client' }, 'DUPLICATE_ID'],
  ] as const)('refuse to open %j', (account, failure) => {
    const ledger = books();
    expect(openAccount(ledger, account)).toMatchObject({ failure });
    expect(ledger.accountIds).toHaveLength(3);
  });

  it.each([
    [{ id: '', places: 6 }, 'SHAPE_INVALID'],
    [{ id: 'EUR', places: 2.5 }, 'NUMBER_OUT_OF_RANGE'],
    [{ id: 'EUR', places: -1 }, 'NUMBER_OUT_OF_RANGE'],
    [{ id: 'EUR', places: 31 }, 'NUMBER_OUT_OF_RANGE'],
    [{ id: 'USD', places: 6 }, 'DUPLICATE_ID'],
  ] as const)('refuse to list %j', (asset, failure) => {
    const ledger = books();
    expect(listAsset(ledger, asset)).toMatchObject({ failure });
    expect(ledger.assets).toHaveLength(2);
  });
});
