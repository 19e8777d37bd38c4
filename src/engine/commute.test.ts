import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowBalances } from '../ledger/ledger.ts';
import type { Command } from './command.ts';
import { sampleAccount } from './sample.ts';
import { give, openRun, type SampleRun } from './sample-run.ts';

const ACCOUNTS = 6;

/** A few commands of one account that concern nobody else. */
const ofAccount = (n: number): fc.Arbitrary<readonly Command[]> =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 900 })), { maxLength: 5 })
    .map((steps) =>
      steps.map(([what, size], k): Command => {
        const account = sampleAccount(n);
        const movement = { id: `m${n}-${k}`, account, asset: 'USDC', atoms: BigInt(size) * 100_000_000n };
        const quantityAtoms = BigInt(size) * (k % 2 === 0 ? 1_000_000n : -1_000_000n);
        const order = {
          id: `o${k}`,
          instrument: 'BTC-PERP',
          quantityAtoms,
          price: 95_000,
          reduceOnly: false,
        };
        switch (what) {
          case 0:
            return { kind: 'Deposit', ...movement };
          case 1:
            return { kind: 'Withdraw', ...movement };
          case 2:
            return { kind: 'CancelOrder', account, orderId: `o${k - 1}` };
          default:
            return { kind: 'SubmitOrder', account, order };
        }
      }),
    );

/** What every account is and holds; the record of ids that were seen keeps its order of arrival and is left out. */
function accountsOf({ state }: SampleRun): unknown {
  const { accounts, seen } = state.tables;
  const balances = state.ledger.accountIds.map((id, row) => [id, rowBalances(state.ledger, row)]);
  return [accounts.items, balances, [...seen.keys].sort()];
}

describe('commands of different accounts', () => {
  it('may come in any order that keeps each account its own', () => {
    const books = fc.tuple(...Array.from({ length: ACCOUNTS }, (_, n) => ofAccount(n)));
    fc.assert(
      fc.property(books, fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), (queues, picks) => {
        const straight = openRun({ accounts: ACCOUNTS, days: 80 });
        const mixed = openRun({ accounts: ACCOUNTS, days: 80 });
        for (const queue of queues) for (const command of queue) give(straight, command);
        const left = queues.map((queue) => [...queue]);
        for (let k = 0; left.some((queue) => queue.length > 0); k++) {
          const open = left.filter((queue) => queue.length > 0);
          give(mixed, open[picks[k % picks.length]! % open.length]!.shift()!);
        }
        expect(accountsOf(mixed)).toEqual(accountsOf(straight));
      }),
      { numRuns: 15, seed: 8 },
    );
  });
});
