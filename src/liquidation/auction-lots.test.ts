import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { applyBid, bufferMargin, DERIVE_AUCTION as RULES, maxShare } from './auction.ts';
import { type AuctionPosition, type BidPlan, planBid } from './auction-lots.ts';
import { magnitude } from './whole.ts';

const fine = (id: string, quantityAtoms: bigint, notionalUsd: number): AuctionPosition => {
  return { instrument: id, quantityAtoms, lotAtoms: 1n, notionalUsd };
};
const ACCOUNT = {
  markToMarket: 100,
  maintenance: -240,
  reserved: 0,
  positions: [fine('A', 10n ** 12n, 3000), fine('B', -(10n ** 12n), 1000)],
};

function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value;
}
const planOf = (shareFrac: number, elapsedSeconds = 50, account = ACCOUNT): BidPlan =>
  given(planBid({ shareFrac, elapsedSeconds }, account, RULES));

describe('LIQUIDATION-012 a bid in lots', () => {
  it('moves its share of every position, and is paid what the discount leaves', () => {
    const plan = planOf(0.25);
    expect(plan.moves).toEqual([
      { instrument: 'A', quantityAtoms: 250_000_000_000n },
      { instrument: 'B', quantityAtoms: -250_000_000_000n },
    ]);
    expect(plan.discount).toBeCloseTo(0.89, 12);
    expect(plan.bonusUsd).toBeCloseTo(0.25 * 100 * 0.11, 9);
  });

  it('leaves the account where the sale of a share for cash leaves it', () => {
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, fc.integer({ min: 0, max: 10_000 }), (wanted, elapsedSeconds) => {
        const cash = -1900;
        const plan = planOf(wanted, elapsedSeconds);
        const sale = given(applyBid({ ...ACCOUNT, cash }, { wanted, discount: plan.discount }, RULES));
        expect(plan.shareFrac).toBeCloseTo(sale.share, 9);
        // Trading at the mark turns the positions' value V − cash into cash by the share; then the bonus is paid.
        const after = cash + (ACCOUNT.markToMarket - cash) * plan.shareFrac - plan.bonusUsd;
        expect(after).toBeCloseTo(sale.cash, 5);
        expect(plan.reservedUsd).toBeCloseTo(sale.reserved, 6);
      }),
      { seed: 71, numRuns: 1000 },
    );
  });

  it('never takes more than restores the account, never more than was bid, in whole lots only', () => {
    const lots = fc.bigInt({ min: -500n, max: 500n }).filter((n) => n !== 0n);
    const positions = fc
      .array(fc.tuple(lots, fc.integer({ min: 1, max: 1000 })), { minLength: 1, maxLength: 6 })
      .map((list) =>
        list.map(([n, usd], i) => {
          return {
            instrument: `I${i}`,
            quantityAtoms: n * 100n,
            lotAtoms: 100n,
            notionalUsd: Math.abs(Number(n)) * usd,
          };
        }),
      );
    fc.assert(
      fc.property(positions, fc.double({ min: 0.01, max: 1, noNaN: true }), (held, wanted) => {
        const account = { ...ACCOUNT, positions: held };
        const plan = planBid({ shareFrac: wanted, elapsedSeconds: 10 }, account, RULES);
        if (isFailure(plan)) return;
        expect(plan.shareFrac).toBeLessThanOrEqual(Math.min(wanted, maxShare(account, plan.discount, RULES)));
        for (const { instrument, quantityAtoms } of plan.moves) {
          const from = held.find((p) => p.instrument === instrument)!.quantityAtoms;
          expect(quantityAtoms % 100n).toBe(0n);
          expect(from > 0n === quantityAtoms > 0n && magnitude(quantityAtoms) <= magnitude(from)).toBe(true);
        }
        const left = 1 - plan.shareFrac;
        const restored = {
          ...account,
          markToMarket: 100 * left + plan.reservedUsd,
          maintenance: -240 * left + plan.reservedUsd,
        };
        expect(bufferMargin(restored, RULES)).toBeLessThanOrEqual(1e-9);
      }),
      { seed: 72, numRuns: 1000 },
    );
  });

  it('is refused for a share that is none, and where no lot or no value is for sale', () => {
    const refused = { failure: 'NUMBER_OUT_OF_RANGE', field: 'shareFrac' };
    for (const shareFrac of [0, -1, 1.01, NaN]) {
      expect(planBid({ shareFrac, elapsedSeconds: 0 }, ACCOUNT, RULES)).toMatchObject(refused);
    }
    const whole = [{ instrument: 'A', quantityAtoms: 100n, lotAtoms: 100n, notionalUsd: 5 }];
    const bid = { shareFrac: 0.5, elapsedSeconds: 0 };
    expect(planBid(bid, { ...ACCOUNT, positions: whole }, RULES)).toMatchObject(refused);
    expect(planBid(bid, { ...ACCOUNT, markToMarket: -1 }, RULES)).toMatchObject(refused);
    expect(planBid(bid, { ...ACCOUNT, maintenance: 50 }, RULES)).toMatchObject(refused);
  });
});
