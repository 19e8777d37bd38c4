import { assetTotals, type Account, type AccountKind, type Ledger, rowBalances } from './ledger.ts';
import type { Transaction } from './transaction.ts';

/** Everything that ever happened to the books: accounts in any order, applied transactions in order. */
export type LedgerHistory = {
  readonly accounts: readonly Account[];
  readonly transactions: Iterable<Transaction>;
};

/** One thing that is wrong; `account` and `asset` say where, atoms what was found and what should be. */
export type LedgerDiscrepancy = {
  readonly what: 'unbalancedTransaction' | 'unknownAccount' | 'wrongSide' | 'wrongBalance' | 'wrongTotal';
  readonly transaction: string;
  readonly account: string;
  readonly asset: string;
  readonly atoms: bigint;
  readonly expectedAtoms: bigint;
};

export type LedgerAudit = {
  readonly transactions: number;
  readonly balances: number;
  readonly discrepancies: readonly LedgerDiscrepancy[];
};

type Books = Map<string, Map<string, bigint>>;

/**
 * The slow twin of the ledger (LEDGER-007): adds up every posting of the history in plain maps, sharing no arithmetic with the fast
 * books, and reports each difference from them. Clean books give no discrepancies.
 */
export function auditLedger(ledger: Ledger, history: LedgerHistory): LedgerAudit {
  const discrepancies: LedgerDiscrepancy[] = [];
  const kinds = new Map(history.accounts.map(({ id, kind }) => [id, kind]));
  const books: Books = new Map(history.accounts.map(({ id }) => [id, new Map<string, bigint>()]));
  let transactions = 0;
  for (const transaction of history.transactions) {
    transactions += 1;
    recordSums(transaction, discrepancies);
    recordPostings({ transaction, books, kinds }, discrepancies);
  }
  const balances = compareBooks(ledger, books, discrepancies);
  for (const { asset, atoms } of assetTotals(ledger)) {
    if (atoms === 0n) continue;
    discrepancies.push(finding('wrongTotal', { asset: asset.id, atoms }));
  }
  return { transactions, balances, discrepancies };
}

function recordSums(transaction: Transaction, into: LedgerDiscrepancy[]): void {
  const sums = new Map<string, bigint>();
  for (const { asset, atoms } of transaction.postings) sums.set(asset, (sums.get(asset) ?? 0n) + atoms);
  for (const [asset, atoms] of sums) {
    if (atoms !== 0n)
      into.push(finding('unbalancedTransaction', { transaction: transaction.id, asset, atoms }));
  }
}

function recordPostings(
  step: { transaction: Transaction; books: Books; kinds: ReadonlyMap<string, AccountKind> },
  into: LedgerDiscrepancy[],
): void {
  const { transaction, books, kinds } = step;
  for (const { account, asset, atoms } of transaction.postings) {
    const book = books.get(account);
    if (book === undefined) {
      into.push(finding('unknownAccount', { transaction: transaction.id, account, asset, atoms }));
    } else {
      book.set(asset, (book.get(asset) ?? 0n) + atoms);
    }
  }
  for (const { account, asset } of transaction.postings) {
    const kind = kinds.get(account);
    const atoms = books.get(account)?.get(asset) ?? 0n;
    const isWrong = kind === 'custody' ? atoms > 0n : (kind === 'fee' || kind === 'insurance') && atoms < 0n;
    if (isWrong) into.push(finding('wrongSide', { transaction: transaction.id, account, asset, atoms }));
  }
}

function compareBooks(ledger: Ledger, books: Books, into: LedgerDiscrepancy[]): number {
  let balances = 0;
  for (const [row, account] of ledger.accountIds.entries()) {
    const expected = new Map(books.get(account) ?? []);
    for (const { asset, atoms } of rowBalances(ledger, row)) {
      balances += 1;
      const expectedAtoms = expected.get(asset.id) ?? 0n;
      expected.delete(asset.id);
      if (atoms !== expectedAtoms) {
        into.push(finding('wrongBalance', { account, asset: asset.id, atoms, expectedAtoms }));
      }
    }
    for (const [asset, expectedAtoms] of expected) {
      if (expectedAtoms !== 0n) into.push(finding('wrongBalance', { account, asset, expectedAtoms }));
    }
  }
  for (const account of books.keys()) {
    if (!ledger.rowOf.has(account)) into.push(finding('unknownAccount', { account }));
  }
  return balances;
}

function finding(
  what: LedgerDiscrepancy['what'],
  where: Partial<Omit<LedgerDiscrepancy, 'what'>>,
): LedgerDiscrepancy {
  return { what, transaction: '', account: '', asset: '', atoms: 0n, expectedAtoms: 0n, ...where };
}
