import { describe, expect, it } from 'vitest';
import { auditLedger } from './audit.ts';
import { writeCell } from './column.ts';
import { type Account, createLedger, HOUSE, type Ledger, listAsset, openAccount } from './ledger.ts';
import { applyTransaction, type Transaction } from './transaction.ts';

const ACCOUNTS: Account[] = [
  { id: HOUSE.custody, kind: 'custody' },
  { id: HOUSE.insurance, kind: 'insurance' },
  { id: 'ada', kind: 'client' },
];
const DEPOSIT: Transaction = {
  id: 'd1',
  postings: [
    { account: 'ada', asset: 'USD', atoms: 7n },
    { account: HOUSE.custody, asset: 'USD', atoms: -7n },
  ],
};

function books(): Ledger {
  const ledger = createLedger();
  listAsset(ledger, { id: 'USD', places: 2 });
  for (const account of ACCOUNTS) openAccount(ledger, account);
  applyTransaction(ledger, DEPOSIT);
  return ledger;
}

describe('the audit (LEDGER-007)', () => {
  it('finds nothing wrong with right books', () => {
    const audit = auditLedger(books(), { accounts: ACCOUNTS, transactions: [DEPOSIT] });
    expect(audit).toEqual({ transactions: 1, balances: 2, discrepancies: [] });
  });

  it('finds one atom too many, on the account and in the total', () => {
    const ledger = books();
    writeCell(ledger.columns[0]!, 2, 8n);
    const { discrepancies } = auditLedger(ledger, { accounts: ACCOUNTS, transactions: [DEPOSIT] });
    expect(discrepancies).toMatchObject([
      { what: 'wrongBalance', account: 'ada', asset: 'USD', atoms: 8n, expectedAtoms: 7n },
      { what: 'wrongTotal', asset: 'USD', atoms: 1n },
    ]);
  });

  it('finds a posting that the books lost', () => {
    const ledger = books();
    writeCell(ledger.columns[0]!, 2, 0n);
    writeCell(ledger.columns[0]!, 0, 0n);
    const { discrepancies } = auditLedger(ledger, { accounts: ACCOUNTS, transactions: [DEPOSIT] });
    expect(discrepancies.map(({ what, account }) => [what, account])).toEqual([
      ['wrongBalance', HOUSE.custody],
      ['wrongBalance', 'ada'],
    ]);
  });

  it('finds a history that never should have been', () => {
    const transactions: Transaction[] = [
      DEPOSIT,
      { id: 'open', postings: [{ account: 'ada', asset: 'USD', atoms: 1n }] },
      {
        id: 'drawn',
        postings: [
          { account: HOUSE.insurance, asset: 'USD', atoms: -1n },
          { account: 'eve', asset: 'USD', atoms: 1n },
        ],
      },
    ];
    const { discrepancies } = auditLedger(books(), { accounts: ACCOUNTS, transactions });
    const found = discrepancies.map(({ what, transaction }) => `${what} ${transaction}`.trim());
    expect(found).toEqual([
      'unbalancedTransaction open',
      'unknownAccount drawn',
      'wrongSide drawn',
      'wrongBalance',
      'wrongBalance',
    ]);
  });

  it('finds accounts that the books do not have', () => {
    const accounts: Account[] = [...ACCOUNTS, { id: 'bob', kind: 'client' }];
    const { discrepancies } = auditLedger(books(), { accounts, transactions: [DEPOSIT] });
    expect(discrepancies).toMatchObject([{ what: 'unknownAccount', account: 'bob' }]);
  });
});
