import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/base/failure.ts';
import { assess } from '../../src/margin/assess.ts';
import type { MarginReport } from '../../src/margin/report.ts';
import { inputOf, MARKET, makeMarket, makePosition, PLAIN, SETS } from '../../src/margin/universe.fixture.ts';
import { applyChanges, type Change, type Situation } from '../../src/margin/what-if.ts';
import { explainChange, type Moment } from '../../src/margin/why.ts';
import type { Account } from '../../src/portfolio/account.ts';
import { accept, accounts, merge, reportOf, SEED, slackOf } from './books.ts';

/** Freezes everything reachable, so that a write throws. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value)) return value;
  const inner: Iterable<unknown> = value instanceof Map ? value.values() : Object.values(value);
  Object.freeze(value);
  for (const one of inner) freeze(one);
  return value;
}

const cents = fc.integer({ min: -500_000, max: 500_000 }).map((n) => (n / 100).toString());
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('trade' as const),
      instrument: fc.constantFrom('BTC-P', 'BTC-C', 'ETH-P', 'BTC-INV'),
      quantity: fc.integer({ min: -400, max: 400 }).map((n) => (n / 100).toString()),
      price: fc.option(fc.integer({ min: 1, max: 200_000 })),
    }),
    fc.record({
      kind: fc.constant('deposit' as const),
      asset: fc.constantFrom('USDC', 'BTC'),
      amount: cents,
    }),
    fc.record({
      kind: fc.constant('move-spot' as const),
      asset: fc.constantFrom('BTC', 'ETH', 'USDC'),
      frac: fc.integer({ min: -60, max: 60 }).map((n) => n / 100),
    }),
    fc.record({
      kind: fc.constant('move-vol' as const),
      underlying: fc.constantFrom('BTC', 'ETH'),
      frac: fc.integer({ min: -50, max: 80 }).map((n) => n / 100),
    }),
    fc.record({ kind: fc.constant('pass-time' as const), days: fc.integer({ min: 0, max: 3 }) }),
    fc.constant<Change>({ kind: 'set', path: 'unified.diversificationFrac', value: 0.5 }),
  ),
  { minLength: 1, maxLength: 4 },
);

function changed(situation: Situation, list: readonly Change[]): Situation {
  return accept(applyChanges(situation, list));
}

describe('a what-if', () => {
  it('WHATIF-001 leaves what it starts from untouched, and gives the same answer twice', () => {
    fc.assert(
      fc.property(accounts, changes, (account, list) => {
        const situation = freeze({ account, market: makeMarket(), methodology: structuredClone(PLAIN) });
        const before = structuredClone(situation);
        const one = changed(situation, freeze(list));
        expect(situation).toEqual(before);
        const two = changed(situation, list);
        const [first, second] = [one, two].map(({ account: a, market, methodology }) =>
          assess('unified', inputOf(a, { market, methodology })),
        );
        expect(first).toEqual(second);
      }),
      { seed: SEED, numRuns: 120 },
    );
  });

  it('WHATIF-002 of trades and deposits is the report on the book that has them', () => {
    const traded = fc.array(
      fc.tuple(fc.constantFrom('BTC-P', 'BTC-C', 'ETH-P'), fc.integer({ min: -300, max: 300 })),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(accounts, traded, fc.integer({ min: -1_000, max: 1_000 }), (account, trades, usdc) => {
        const list: Change[] = trades.map(([instrument, n]) => {
          return { kind: 'trade', instrument, quantity: (n / 100).toString(), price: null };
        });
        list.push({ kind: 'deposit', asset: 'USDC', amount: String(usdc) });
        const { account: after } = changed({ account, market: MARKET, methodology: PLAIN }, list);
        const booked = trades.reduce<Account>(
          (a, [id, n]) => merge(a, { ...a, balances: new Map(), positions: [makePosition([id, n / 100])] }),
          merge(account, {
            ...account,
            balances: new Map([['USDC', BigInt(usdc) * 1_000_000n]]),
            positions: [],
          }),
        );
        expect(reportOf('unified', after)).toEqual(reportOf('unified', booked));
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});

describe('why', () => {
  const assessAt = ({ account, market, methodology }: Moment): MarginReport | Failure =>
    assess('unified', inputOf(account, { market, methodology }));

  it('WHY-001 sums, line by line, to the whole change', () => {
    fc.assert(
      fc.property(accounts, changes, (account, list) => {
        const earlier: Moment = { account, linked: [], market: MARKET, methodology: PLAIN, sets: SETS };
        const later: Moment = { ...earlier, ...changed(earlier, list) };
        const why = accept(explainChange(earlier, later, assessAt));
        const { before, after, lines } = why;
        expect(before).toEqual(assessAt(earlier));
        expect(after).toEqual(assessAt(later));
        for (const key of ['equityUsd', 'initialUsd', 'maintenanceUsd', 'initialHeadroomUsd'] as const) {
          const sum = lines.reduce((s, line) => s + line[key], 0);
          expect(Math.abs(sum - (after[key] - before[key]))).toBeLessThanOrEqual(
            slackOf(before, after) * 1e-2,
          );
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('WHY-001 names only the kind of input that changed', () => {
    const kinds: readonly (readonly [Change, readonly string[]])[] = [
      [{ kind: 'trade', instrument: 'BTC-P', quantity: '1', price: null }, ['position']],
      [{ kind: 'deposit', asset: 'USDC', amount: '-50' }, ['collateral']],
      [{ kind: 'move-vol', underlying: 'BTC', frac: 0.2 }, ['volatility']],
      [{ kind: 'move-spot', asset: 'ETH', frac: 0.2 }, ['price']],
      [{ kind: 'pass-time', days: 3 }, ['time']],
      [{ kind: 'set', path: 'maintenanceFrac', value: 0.7 }, ['parameter']],
    ];
    fc.assert(
      fc.property(accounts, fc.constantFrom(...kinds), (account, [change, expected]) => {
        const earlier: Moment = { account, linked: [], market: MARKET, methodology: PLAIN, sets: SETS };
        const why = accept(explainChange(earlier, { ...earlier, ...changed(earlier, [change]) }, assessAt));
        const slack = slackOf(why.before, why.after);
        const moved = why.lines.filter((line) =>
          [line.equityUsd, line.initialUsd, line.maintenanceUsd].some((usd) => Math.abs(usd) > slack),
        );
        expect(expected).toEqual(expect.arrayContaining(moved.map((line) => line.part)));
      }),
      { seed: SEED, numRuns: 120 },
    );
  });
});
