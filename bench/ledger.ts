/**
 * The ledger at size: a million accounts, four assets, a deposit of each, then random trades of five postings.
 * Run: npm run bench:ledger. Prints memory per account and transactions a second.
 */
import { performance } from 'node:perf_hooks';
import { assert } from '../src/base/assert.ts';
import { isFailure } from '../src/base/failure.ts';
import { assetTotals, createLedger, HOUSE, listAsset, openAccount } from '../src/ledger/ledger.ts';
import { applyTransaction } from '../src/ledger/transaction.ts';

const ACCOUNTS = 1_000_000;
const ASSETS = ['USD', 'USDT', 'BTC', 'ETH'];
const TRADES = 500_000;

function memoryMiB(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

const start = memoryMiB();
const ledger = createLedger();
for (const id of ASSETS) listAsset(ledger, { id, places: id === 'ETH' ? 18 : 8 });
openAccount(ledger, { id: HOUSE.custody, kind: 'custody' });
openAccount(ledger, { id: HOUSE.fee, kind: 'fee' });
for (let n = 0; n < ACCOUNTS; n += 1) openAccount(ledger, { id: `account-${n}`, kind: 'client' });
const named = memoryMiB();

const timeDeposits = performance.now();
for (let n = 0; n < ACCOUNTS; n += 1) {
  const postings = ASSETS.flatMap((asset) => [
    { account: `account-${n}`, asset, atoms: 1_000_000_000n },
    { account: HOUSE.custody, asset, atoms: -1_000_000_000n },
  ]);
  assert(!isFailure(applyTransaction(ledger, { id: 'deposit', postings })), 'the deposit is applied');
}
const depositsMs = performance.now() - timeDeposits;
const filled = memoryMiB();

let seed = 1;
const timeTrades = performance.now();
for (let n = 0; n < TRADES; n += 1) {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  const buyer = `account-${seed % ACCOUNTS}`;
  const seller = `account-${(seed + 7) % ACCOUNTS}`;
  const postings = [
    { account: buyer, asset: 'BTC', atoms: 10n },
    { account: seller, asset: 'BTC', atoms: -10n },
    { account: buyer, asset: 'USD', atoms: -1001n },
    { account: seller, asset: 'USD', atoms: 999n },
    { account: HOUSE.fee, asset: 'USD', atoms: 2n },
  ];
  assert(!isFailure(applyTransaction(ledger, { id: 'trade', postings })), 'the trade is applied');
}
const tradesMs = performance.now() - timeTrades;
const timeTotals = performance.now();
const isConserved = assetTotals(ledger).every(({ atoms }) => atoms === 0n);
assert(isConserved, 'every asset sums to zero');

console.log(`accounts ${ACCOUNTS}, assets ${ASSETS.length}, every cell in use`);
console.log(`memory: names ${(named - start).toFixed(0)} MiB, balances ${(filled - named).toFixed(0)} MiB`);
console.log(`deposits of 8 postings: ${((ACCOUNTS / depositsMs) * 1000).toFixed(0)} a second`);
console.log(`trades of 5 postings: ${((TRADES / tradesMs) * 1000).toFixed(0)} a second`);
console.log(
  `totals over all cells: ${(performance.now() - timeTotals).toFixed(0)} ms, all zero: ${isConserved}`,
);
