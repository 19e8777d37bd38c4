import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import { priceBlack76 } from '../../pricer/black76.ts';
import type { GridLeg } from '../grid/book.ts';
import { assessStandard, type StandardResult } from './assess.ts';
import { DERIVE_STANDARD, type StandardBook, type StandardMarket } from './model.ts';

const ETH: StandardMarket = {
  underlying: 'ETH',
  spot: { price: 2000, confidence: 1 },
  perpetual: { quantity: 0, price: 2001, confidence: 1, unrealisedPnl: 0, unrealisedFunding: 0 },
  baseAmount: 0,
  expiries: [],
};
const SECONDS = 17 * 86_400 + 8 * 3600;

function assessed(market: Partial<StandardMarket>, rest: Partial<StandardBook> = {}): StandardResult {
  const result = assessStandard(
    { cash: 0, stablePrice: 1, markets: [{ ...ETH, ...market }], ...rest },
    DERIVE_STANDARD,
  );
  if (isFailure(result)) throw new Error(JSON.stringify(result));
  return result;
}

function options(...legs: readonly (readonly ['call' | 'put', number, number])[]): Partial<StandardMarket> {
  return {
    expiries: [
      {
        seconds: SECONDS,
        forward: { price: 2004.7545, confidence: 1 },
        volConfidence: 1,
        legs: legs.map(([right, strike, amount]) => ({ right, strike, amount, vol: 0.5 })),
      },
    ],
  };
}

function mark(right: 'call' | 'put', strike: number): number {
  return priceBlack76({
    right,
    strike,
    forward: 2004.7545,
    tauYears: SECONDS / 31_536_000,
    vol: 0.5,
    rate: 0,
  });
}

describe('a perpetual', () => {
  const quantity = -3;
  it('needs a share of its price, and its P&L counts', () => {
    const perpetual = { ...ETH.perpetual, quantity, unrealisedPnl: -50, unrealisedFunding: 5 };
    const { headroom, equity } = assessed({ perpetual }, { cash: 1000 });
    expect(equity).toBe(955);
    expect(headroom.initial).toBeCloseTo(955 - 3 * 2001 * 0.065, 9);
    expect(headroom.maintenance).toBeCloseTo(955 - 3 * 2001 * 0.05, 9);
  });

  it('pays for doubt and for a lost peg in the initial margin alone (METHOD-024)', () => {
    const perpetual = { ...ETH.perpetual, quantity, confidence: 0.1 };
    const { headroom, markets } = assessed({ perpetual }, { stablePrice: 0.9 });
    expect(markets[0]!.perpetualConfidence).toBeCloseTo(-0.9 * 0.4 * 2000 * 3, 9);
    expect(markets[0]!.depeg).toBeCloseTo(-0.08 * 1.2 * 2000 * 3, 9);
    expect(headroom.maintenance).toBeCloseTo(-3 * 2001 * 0.05, 9);
  });
});

describe('short options', () => {
  it('are charged by their distance from the money (METHOD-022)', () => {
    const call = assessed(options(['call', 2100, -1])).markets[0]!.expiries[0]!;
    expect(call.isolated.initial).toBeCloseTo(-mark('call', 2100) - 0.1 * 2000, 9);
    expect(call.isolated.maintenance).toBeCloseTo(-mark('call', 2100) - 0.075 * 2000, 9);
    const near = assessed(options(['call', 2040, -1])).markets[0]!.expiries[0]!;
    expect(near.isolated.initial).toBeCloseTo(-mark('call', 2040) - 0.13 * 2000, 9);
    const put = assessed(options(['put', 1900, -2])).markets[0]!.expiries[0]!;
    expect(put.isolated.maintenance).toBeCloseTo(-2 * (mark('put', 1900) + 0.075 * 2000), 9);
    expect(put.isolated.initial).toBeCloseTo(-2 * (mark('put', 1900) + 0.1 * 2000), 9);
  });

  it('are charged by the mark of a put deep in the money, and by 1.05 of its maintenance (METHOD-022)', () => {
    const { margin, isolated } = assessed(options(['put', 5000, -1])).markets[0]!.expiries[0]!;
    const value = mark('put', 5000);
    expect(isolated.maintenance).toBeCloseTo(-value - 0.075 * value, 8);
    expect(isolated.initial).toBeCloseTo(1.05 * isolated.maintenance, 8);
    // What it can lose at most is 5,000; the isolated rule is milder.
    expect(margin.initial).toBe(isolated.initial);
  });

  it('of a spread are charged at the most that it can lose (METHOD-023, METHOD-020)', () => {
    const call = assessed(options(['call', 2000, -1], ['call', 2100, 1])).markets[0]!.expiries[0]!;
    expect(call.maxLoss).toEqual({ initial: -100, maintenance: -100 });
    expect(call.margin.initial).toBe(-100);
    const put = assessed(options(['put', 2000, -1], ['put', 1900, 1])).headroom;
    expect(put).toEqual({ initial: -100, maintenance: -100 });
  });

  it('without a cover are charged on the forward as well (METHOD-023)', () => {
    const { maxLoss } = assessed(options(['call', 2000, -1])).markets[0]!.expiries[0]!;
    expect(maxLoss.initial).toBeCloseTo(-1.2 * 2004.7545, 9);
    expect(maxLoss.maintenance).toBeCloseTo(-1.1 * 2004.7545, 9);
  });

  it('pay for doubt by their number; long ones count and cost nothing', () => {
    const [short] = options(['call', 2000, -2]).expiries!;
    const doubtful = { expiries: [{ ...short!, volConfidence: 0.1 }] };
    expect(assessed(doubtful).markets[0]!.expiries[0]!.confidence).toBeCloseTo(-0.9 * 0.4 * 2000 * 2, 9);
    const long = assessed(options(['call', 2000, 5]));
    expect(long.headroom).toEqual({ initial: 0, maintenance: 0 });
    expect(long.equity).toBeCloseTo(5 * mark('call', 2000), 8);
  });
});

describe('the base asset', () => {
  it('counts in part, and its whole value in the equity', () => {
    const { headroom, equity } = assessed({ baseAmount: 2 }, { stablePrice: 0.99 });
    expect(headroom).toEqual({ initial: 3200, maintenance: 3200 });
    expect(equity).toBeCloseTo(4000 / 0.99, 9);
  });

  it('pays for doubt in its price', () => {
    const { headroom } = assessed({ baseAmount: 1, spot: { price: 2000, confidence: 0.1 } });
    expect(headroom.initial).toBeCloseTo(880, 9);
  });
});

describe('any book of options', () => {
  it('has its parts add up, and never gets margin from options', () => {
    const leg: fc.Arbitrary<GridLeg> = fc.record({
      right: fc.constantFrom('call' as const, 'put' as const),
      strike: fc.integer({ min: 1000, max: 3000 }),
      amount: fc.double({ min: -5, max: 5, noNaN: true }),
      vol: fc.double({ min: 0.1, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(leg, { maxLength: 6 }), (legs) => {
        const [expiry] = options().expiries!;
        const { markets, headroom, equity, requirement } = assessed({ expiries: [{ ...expiry!, legs }] });
        const [only] = markets[0]!.expiries;
        expect(headroom.initial).toBe(only!.margin.initial);
        expect(only!.margin.initial).toBeLessThanOrEqual(0);
        expect(only!.margin.initial).toBeLessThanOrEqual(only!.margin.maintenance + 1e-9);
        expect(requirement.initial + headroom.initial).toBeCloseTo(equity, 9);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('is refused where a number is wrong or a market comes twice', () => {
    const book = { cash: 0, stablePrice: 1, markets: [ETH, ETH] };
    expect(assessStandard(book, DERIVE_STANDARD)).toMatchObject({ failure: 'DUPLICATE_ID' });
    const wrong = { ...book, markets: [{ ...ETH, baseAmount: NaN }] };
    expect(assessStandard(wrong, DERIVE_STANDARD)).toMatchObject({ failure: 'NUMBER_NOT_FINITE' });
    expect(assessStandard({ ...book, markets: [], cash: NaN }, DERIVE_STANDARD)).toMatchObject({
      field: 'cash',
    });
  });
});
