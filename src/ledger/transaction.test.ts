import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { auditLedger } from './audit.ts';
import { ATOMS_MAX } from './column.ts';
import {
  type Account,
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
import { applyTransaction, judgeTransaction, type Posting, type Transaction } from './transaction.ts';

const ASSETS = ['USD', 'BTC', 'ETH'];
const ACCOUNTS: Account[] = [
  { id: HOUSE.custody, kind: 'custody' },
  { id: HOUSE.fee, kind: 'fee' },
  { id: HOUSE.insurance, kind: 'insurance' },
  { id: settlementAccount('BTC-PERP'), kind: 'settlement' },
  ...['ada', 'bob', 'cyd'].map((id): Account => ({ id, kind: 'client' })),
];

function books(): Ledger {
  const ledger = createLedger();
  for (const id of ASSETS) listAsset(ledger, { id, places: 8 });
  for (const account of ACCOUNTS) openAccount(ledger, account);
  return ledger;
}

function snapshot(ledger: Ledger): string {
  const rows = ledger.accountIds.map((id, row) =>
    [id, ...rowBalances(ledger, row).map(({ asset, atoms }) => `${asset.id} ${atoms}`)].join(' '),
  );
  return rows.join('\n');
}

function move(id: string, asset: string, legs: Record<string, bigint>): Transaction {
  return { id, postings: Object.entries(legs).map(([account, atoms]) => ({ account, asset, atoms })) };
}

const deposit = (account: string, atoms: bigint): Transaction =>
  move('deposit', 'USD', { [account]: atoms, [HOUSE.custody]: -atoms });

/** Mostly balanced: legs over random accounts, closed by one last leg; now and then left open or overdrawn. */
const wideAtoms = fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n });
const smallAtoms = fc.bigInt({ min: -1000n, max: 1000n });
const leg = fc.record({
  account: fc.constantFrom(...ACCOUNTS.map(({ id }) => id)),
  asset: fc.constantFrom(...ASSETS),
  atoms: fc.oneof({ weight: 4, arbitrary: smallAtoms }, { weight: 1, arbitrary: wideAtoms }),
});
const transaction = fc
  .record({
    legs: fc.array(leg, { maxLength: 6 }),
    closer: fc.constantFrom(HOUSE.custody, 'ada', 'bob', settlementAccount('BTC-PERP')),
    isClosed: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  })
  .map(({ legs, closer, isClosed }): Transaction => {
    const open = new Map<string, bigint>();
    for (const { asset, atoms } of legs) open.set(asset, (open.get(asset) ?? 0n) + atoms);
    const closing: Posting[] = [...open].map(([asset, atoms]) => ({ account: closer, asset, atoms: -atoms }));
    return { id: 't', postings: isClosed ? [...legs, ...closing] : legs };
  });

describe('a transaction', () => {
  it('moves money and makes none (LEDGER-001)', () => {
    const ledger = books();
    applyTransaction(ledger, deposit('ada', 100n));
    applyTransaction(ledger, move('trade', 'USD', { ada: -30n, bob: 28n, [HOUSE.fee]: 2n }));
    expect(['ada', 'bob', HOUSE.fee, HOUSE.custody].map((a) => balanceOf(ledger, a, 'USD'))).toEqual([
      70n,
      28n,
      2n,
      -100n,
    ]);
  });

  it('lets a client owe, and the fee account, the fund and custody not cross zero (LEDGER-003)', () => {
    const ledger = books();
    const owing = applyTransaction(ledger, move('loan', 'USD', { ada: -30n, bob: 30n }));
    expect(isFailure(owing)).toBe(false);
    const insufficient = { failure: 'BALANCE_INSUFFICIENT' };
    expect(applyTransaction(ledger, move('f', 'USD', { [HOUSE.fee]: -1n, ada: 1n }))).toMatchObject(
      insufficient,
    );
    expect(applyTransaction(ledger, move('i', 'USD', { [HOUSE.insurance]: -1n, ada: 1n }))).toMatchObject(
      insufficient,
    );
    expect(applyTransaction(ledger, move('w', 'USD', { bob: -1n, [HOUSE.custody]: 1n }))).toMatchObject({
      ...insufficient,
      expected: 'a balance of zero or less',
    });
  });

  it('judges an account by where it ends, not by where it passes (LEDGER-002)', () => {
    const ledger = books();
    applyTransaction(ledger, deposit(HOUSE.fee, 5n));
    const postings = [
      { account: HOUSE.fee, asset: 'USD', atoms: -8n },
      { account: 'ada', asset: 'USD', atoms: 1n },
      { account: HOUSE.fee, asset: 'USD', atoms: 7n },
    ];
    expect(applyTransaction(ledger, { id: 'x', postings })).toBe(ledger);
    expect(balanceOf(ledger, HOUSE.fee, 'USD')).toBe(4n);
  });

  it.each<[string, Posting[], string, string]>([
    [
      'a huge posting',
      [{ account: 'eve', asset: 'XRP', atoms: ATOMS_MAX + 1n }],
      'NUMBER_OUT_OF_RANGE',
      'postings[0].atoms',
    ],
    [
      'an unknown account before an unknown asset',
      [
        { account: 'ada', asset: 'XRP', atoms: 1n },
        { account: 'eve', asset: 'USD', atoms: -1n },
      ],
      'UNKNOWN_ACCOUNT',
      'postings[1].account',
    ],
    ['an unknown asset', [{ account: 'ada', asset: 'XRP', atoms: 1n }], 'UNKNOWN_ASSET', 'postings[0].asset'],
    ['one leg alone', [{ account: HOUSE.fee, asset: 'USD', atoms: -1n }], 'POSTINGS_UNBALANCED', 'postings'],
    [
      'two assets that only balance together',
      [
        { account: 'ada', asset: 'USD', atoms: 1n },
        { account: 'bob', asset: 'BTC', atoms: -1n },
      ],
      'POSTINGS_UNBALANCED',
      'postings',
    ],
  ])('refuses %s (LEDGER-006)', (_, postings, failure, field) => {
    const ledger = books();
    const before = snapshot(ledger);
    expect(applyTransaction(ledger, { id: 'x', postings })).toMatchObject({ failure, field });
    expect(snapshot(ledger)).toBe(before);
  });

  it('refuses a balance beyond 127 bits and keeps the books (LEDGER-005)', () => {
    const ledger = books();
    applyTransaction(ledger, deposit('ada', ATOMS_MAX));
    const before = snapshot(ledger);
    expect(applyTransaction(ledger, move('more', 'USD', { ada: 1n, bob: -1n }))).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
    expect(snapshot(ledger)).toBe(before);
  });
});

describe('any sequence of transactions (LEDGER-001)', () => {
  it('conserves every asset, leaves the books alone on refusal, and passes the slow audit', () => {
    let applied = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(transaction, { maxLength: 40 }), (attempts) => {
        const ledger = books();
        const history: Transaction[] = [];
        for (const attempt of attempts) {
          const before = snapshot(ledger);
          const verdict = judgeTransaction(ledger, attempt);
          expect(snapshot(ledger)).toBe(before);
          const outcome = applyTransaction(ledger, attempt);
          expect(isFailure(outcome)).toBe(isFailure(verdict));
          if (isFailure(outcome)) {
            refused += 1;
            expect(snapshot(ledger)).toBe(before);
          } else {
            applied += 1;
            history.push(attempt);
          }
          expect(assetTotals(ledger).every(({ atoms }) => atoms === 0n)).toBe(true);
        }
        const audit = auditLedger(ledger, { accounts: ACCOUNTS, transactions: history });
        expect(audit.discrepancies).toEqual([]);
        expect(audit.transactions).toBe(history.length);
      }),
      { seed: 3, numRuns: 600 },
    );
    expect(applied).toBeGreaterThan(1000);
    expect(refused).toBeGreaterThan(1000);
  });

  it('ends the same whatever the order, of postings always and of transactions where none is refused', () => {
    const clients = ['ada', 'bob', 'cyd', settlementAccount('BTC-PERP')];
    const free = fc.tuple(
      fc.constantFrom(...clients),
      fc.constantFrom(...clients),
      fc.constantFrom(...ASSETS),
      wideAtoms,
    );
    const shuffled = fc.array(free, { maxLength: 20 }).chain((moves) => {
      const transactions = moves.map(([from, to, asset, atoms], index): Transaction => ({
        id: `${index}`,
        postings: [
          { account: from, asset, atoms: -atoms },
          { account: to, asset, atoms },
        ],
      }));
      const order = fc.shuffledSubarray(transactions, { minLength: transactions.length });
      return fc.record({ transactions: fc.constant(transactions), order });
    });
    fc.assert(
      fc.property(shuffled, ({ transactions, order }) => {
        const one = books();
        const other = books();
        for (const each of transactions) expect(isFailure(applyTransaction(one, each))).toBe(false);
        for (const { id, postings } of order) {
          applyTransaction(other, { id, postings: postings.toReversed() });
        }
        expect(snapshot(other)).toBe(snapshot(one));
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
