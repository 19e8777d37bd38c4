import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDecimal } from '../base/amount.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { MARKET, PRODUCTS } from '../margin/universe.fixture.ts';
import type { Account } from '../portfolio/account.ts';
import { parseAccounts, parseBookFile, POSITIONS_MAX } from './book-file.ts';

type Wire = Readonly<Record<string, unknown>>;

function parse(...accounts: readonly Wire[]): readonly Account[] | Failure {
  const book = parseBookFile({ plimsoll: 'book/1', accounts });
  return isFailure(book) ? book : parseAccounts(book, MARKET);
}

function only(account: Wire): Account {
  const accounts = parse(account);
  if (isFailure(accounts)) throw new Error(JSON.stringify(accounts));
  return accounts[0]!;
}

const bare: Wire = { account: 'a', balances: { USDC: '1' } };
const held = (position: Wire): Wire => ({
  ...bare,
  positions: [{ instrument: 'BTC-P', quantity: '1', ...position }],
});

describe('an account of a book', () => {
  it('owns itself and is cross-margined by scenarios where nothing else is said', () => {
    expect(only(bare)).toEqual({
      id: 'a',
      client: 'a',
      owner: 'a',
      mode: 'portfolio',
      balances: new Map([['USDC', 1_000_000n]]),
      positions: [],
      orders: [],
      creditLines: [],
    });
    expect(only({ ...bare, client: 'c' }).owner).toBe('c');
    expect(only({ ...bare, client: 'c', owner: 'o' }).owner).toBe('o');
  });

  it('has exact balances in ascending order of asset, whatever the order of the file', () => {
    const { balances } = only({ account: 'a', balances: { USDC: -0.5, BTC: '0.00000001', ETH: 3 } });
    expect([...balances]).toEqual([
      ['BTC', 1n],
      ['ETH', 300_000_000n],
      ['USDC', -500_000n],
    ]);
  });

  it('AMOUNT-004 pays its entry price rounded up, or the mark of today', () => {
    const cost = (position: Wire): bigint => only(held(position)).positions[0]!.costAtoms;
    expect(cost({ entryPrice: '95000.1234567' })).toBe(95_000_123_457n);
    expect(cost({ entryPrice: '95000.1234567', quantity: '-1' })).toBe(-95_000_123_456n);
    expect(cost({})).toBe(100_050_000_000n);
    // Inverse: 10 USD a contract, −10 · 3 / 30,000 coins.
    expect(cost({ instrument: 'BTC-INV', quantity: 3, entryPrice: 30_000 })).toBe(-100_000n);
  });

  it('AMOUNT-001 holds any quantity of eight places as it is written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (atoms) => {
        const quantity = toDecimal(atoms, 8);
        expect(only(held({ quantity })).positions[0]!.quantityAtoms).toBe(atoms);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('knows orders, isolated collateral and credit lines', () => {
    const account = only({
      ...held({ isolated: '250.5' }),
      orders: [{ id: 'o', instrument: 'BTC-C', quantity: '-2', price: '0' }],
      creditLines: [{ id: 'l', limitUsd: 5, grantor: 'g', approver: 'h', expires: '2026-02-01' }],
    });
    expect(account.positions[0]!.isolatedAtoms).toBe(250_500_000n);
    expect(account.orders).toEqual([
      { id: 'o', instrument: 'BTC-C', quantityAtoms: -200_000_000n, price: 0 },
    ]);
    expect(account.creditLines[0]!.expiryMs).toBe(Date.UTC(2026, 1, 1));
  });
});

describe('a book is refused', () => {
  const order = { id: 'o', instrument: 'BTC-P', quantity: '1', price: '5' };
  const line = { id: 'l', limitUsd: 5, grantor: 'g', approver: 'h', expires: '2026-02-01' };
  const CASES: readonly (readonly [string, readonly Wire[], string, string])[] = [
    ['without accounts', [], 'SHAPE_INVALID', 'book.accounts'],
    ['that names an account twice', [bare, bare], 'DUPLICATE_ID', 'book.accounts[1].account'],
    [
      'for an asset of no market',
      [{ account: 'a', balances: { DOGE: 1 } }],
      'UNKNOWN_ASSET',
      'book.accounts[0].balances.DOGE',
    ],
    [
      'for a balance finer than its asset',
      [{ account: 'a', balances: { USD: '0.001' } }],
      'DECIMAL_INVALID',
      'book.accounts[0].balances.USD',
    ],
    [
      'for an instrument of no market',
      [held({ instrument: 'X' })],
      'UNKNOWN_INSTRUMENT',
      'book.accounts[0].positions[0].instrument',
    ],
    [
      'for an order of the same id',
      [{ ...bare, orders: [order, order] }],
      'DUPLICATE_ID',
      'book.accounts[0].orders[1].id',
    ],
    [
      'for an order in nothing',
      [{ ...bare, orders: [{ ...order, instrument: 'X' }] }],
      'UNKNOWN_INSTRUMENT',
      'book.accounts[0].orders[0].instrument',
    ],
    [
      'for an order at no price',
      [{ ...bare, orders: [{ ...order, price: 0 }] }],
      'NUMBER_OUT_OF_RANGE',
      'book.accounts[0].orders[0].price',
    ],
    [
      'for a credit line of the same id',
      [{ ...bare, creditLines: [line, line] }],
      'DUPLICATE_ID',
      'book.accounts[0].creditLines[1].id',
    ],
    [
      'for a credit line without a second person',
      [{ ...bare, creditLines: [{ ...line, approver: 'g' }] }],
      'SHAPE_INVALID',
      'book.accounts[0].creditLines[0].approver',
    ],
    [
      'for a credit line without an end',
      [{ ...bare, creditLines: [{ ...line, expires: 'never' }] }],
      'DATE_INVALID',
      'book.accounts[0].creditLines[0].expires',
    ],
    [
      'for collateral below nothing',
      [held({ isolated: '-0.1' })],
      'NUMBER_OUT_OF_RANGE',
      'book.accounts[0].positions[0].isolated',
    ],
    [
      'for a cost that overflows',
      [held({ quantity: '10000', entryPrice: 1e305 })],
      'NUMBER_NOT_FINITE',
      'book.accounts[0].positions[0].entryPrice',
    ],
  ];
  it.each(CASES)('%s', (_, accounts, failure, field) => {
    expect(parse(...accounts)).toMatchObject({ failure, field });
  });

  it('that holds more positions than may be', () => {
    const positions = Array.from({ length: POSITIONS_MAX + 1 }, () => ({ instrument: 'BTC-P', quantity: 1 }));
    expect(parse({ ...bare, positions })).toMatchObject({ failure: 'INPUT_TOO_LARGE' });
  });

  it('for a spot pair, which is held as a balance', () => {
    const spot = { kind: 'spot', id: 'BTC_USDC', underlying: 'BTC', settle: 'USDC', lotAtoms: 1n } as const;
    const market = { ...MARKET, products: new Map([...PRODUCTS, spot].map((p) => [p.id, p])) };
    const book = parseBookFile({ plimsoll: 'book/1', accounts: [held({ instrument: 'BTC_USDC' })] });
    const refused = isFailure(book) ? book : parseAccounts(book, market);
    expect(refused).toMatchObject({
      failure: 'UNKNOWN_INSTRUMENT',
      expected: expect.stringMatching(/balance/),
    });
  });
});
