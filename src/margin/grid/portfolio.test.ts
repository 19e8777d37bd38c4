import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import type { GridBook } from './book.ts';
import type { GridModel } from './model.ts';
import {
  assessGridPortfolio,
  combineWithOffset,
  type GridPortfolioResult,
  type GroupedBook,
} from './portfolio.ts';
import { DERIBIT, DERIVE_PMRM2, PARADEX } from './presets.ts';

function bookOf(quantity: number, price: number): GridBook {
  return {
    cash: 0,
    stablePrice: 1,
    spot: { price, confidence: 1 },
    perpetuals: [
      { quantity, price, confidence: 1, unrealisedPnl: 0, unrealisedFunding: 0, fundingRateHourly: 0 },
    ],
    collaterals: [],
    expiries: [],
  };
}

function assessed(books: readonly GroupedBook[], model: GridModel): GridPortfolioResult {
  const result = assessGridPortfolio(books, model);
  if (isFailure(result)) throw new Error(JSON.stringify(result));
  return result;
}

const LONG_BTC: GroupedBook = { underlying: 'BTC', group: 'majors', book: bookOf(1, 60_000) };
const SHORT_ETH: GroupedBook = { underlying: 'ETH', group: 'majors', book: bookOf(-10, 3000) };

describe('gains against losses', () => {
  it('count as a fraction, and never above the cap', () => {
    const rows = [
      [-100, 50],
      [80, -60],
    ];
    expect(combineWithOffset(rows, { gainFrac: 0.5, gainCapUsd: Infinity })).toEqual([-60, -35]);
    expect(combineWithOffset(rows, { gainFrac: 0.5, gainCapUsd: 30 })).toEqual([-70, -35]);
    expect(combineWithOffset(rows, { gainFrac: 0, gainCapUsd: 0 })).toEqual([-100, -60]);
    expect(combineWithOffset([], { gainFrac: 1, gainCapUsd: 1 })).toEqual([]);
  });
});

describe('several underlyings (METHOD-038)', () => {
  it('offset inside a group as far as the model lets them', () => {
    const { groups, requirement } = assessed([LONG_BTC, SHORT_ETH], DERIBIT);
    // −16 %: BTC loses 9,600, ETH gains 4,800 of which 60 % counts.
    expect(groups[0]!.worst.pnl).toBeCloseTo(-9600 + 0.6 * 4800, 8);
    expect(groups[0]!.lossAlone).toBeCloseTo(9600 + 4800, 8);
    // The roll shock of the venue concerns expiries; a perpetual has none.
    expect(requirement.initial).toBeCloseTo(6720, 8);
    expect(requirement.maintenance).toBeCloseTo(0.8 * 6720, 8);
  });

  it('add up across groups, and where the model knows no offset', () => {
    const apart = assessed([LONG_BTC, { ...SHORT_ETH, group: 'other' }], DERIBIT);
    expect(apart.requirement.initial).toBeCloseTo(14_400, 8);
    const plain = assessed([LONG_BTC, SHORT_ETH], DERIVE_PMRM2);
    let sum = 0;
    for (const { requirement } of plain.underlyings.values()) sum += requirement.initial;
    expect(plain.requirement.initial).toBeCloseTo(sum, 8);
  });

  it('keep each its least requirement', () => {
    const offsetting: GridModel = { ...PARADEX, crossUnderlying: { gainFrac: 1, gainCapUsd: 1e9 } };
    const hedged = assessed([LONG_BTC, { ...SHORT_ETH, book: bookOf(-20, 3000) }], offsetting);
    expect(hedged.requirement.initial).toBeCloseTo(0.02 * 60_000 * 2, 8);
  });

  it('are refused twice, and with the name of what is wrong in one', () => {
    expect(assessGridPortfolio([LONG_BTC, LONG_BTC], DERIBIT)).toMatchObject({ failure: 'DUPLICATE_ID' });
    const broken = { ...SHORT_ETH, book: { ...bookOf(1, 1), cash: NaN } };
    expect(assessGridPortfolio([LONG_BTC, broken], DERIBIT)).toMatchObject({ field: 'ETH.cash' });
    expect(assessed([], DERIBIT).requirement).toEqual({ initial: 0, maintenance: 0 });
  });

  it('never need more together than apart', () => {
    const size = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(size, size, fc.constantFrom(DERIBIT, PARADEX, DERIVE_PMRM2), (btc, eth, model) => {
        const books = [
          { ...LONG_BTC, book: bookOf(btc, 60_000) },
          { ...SHORT_ETH, book: bookOf(eth, 3000) },
        ];
        const { underlyings, requirement } = assessed(books, model);
        let sum = 0;
        for (const alone of underlyings.values()) sum += alone.requirement.initial;
        expect(requirement.initial).toBeLessThanOrEqual(sum + 1e-6);
        expect(requirement.initial).toBeGreaterThanOrEqual(-1e-9);
      }),
      { seed: 11 },
    );
  });
});
