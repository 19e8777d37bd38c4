import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import {
  bankruptcyQuote,
  bankruptcyRating,
  fillablePrice,
  type Fraction,
  insuranceDelta,
  isLiquidatable,
  type MarginTier,
  positionMargin,
} from './perpetual-venue.ts';

const TIER: MarginTier = {
  initialPpm: 50_000n,
  maintenanceFractionPpm: 600_000n,
  openLowerCap: 1000n,
  openUpperCap: 2000n,
};

describe('the margin of a position', () => {
  it('is rounded up at each step', () => {
    // 5 % of 1,001 is 50.05, up to 51; 60 % of 51 is 30.6, up to 31.
    expect(positionMargin(1001n, 0n, TIER)).toEqual({ initial: 51n, maintenance: 31n });
    expect(positionMargin(-1001n, 0n, TIER)).toEqual({ initial: 51n, maintenance: 31n });
    expect(positionMargin(0n, 0n, TIER)).toEqual({ initial: 0n, maintenance: 0n });
  });

  it('rises with open interest to the whole notional, the maintenance margin does not', () => {
    expect(positionMargin(1000n, 1000n, TIER)).toEqual({ initial: 50n, maintenance: 30n });
    expect(positionMargin(1000n, 1500n, TIER)).toEqual({ initial: 525n, maintenance: 30n });
    expect(positionMargin(1000n, 2000n, TIER)).toEqual({ initial: 1000n, maintenance: 30n });
    const flat = { ...TIER, openLowerCap: 0n, openUpperCap: 0n };
    expect(positionMargin(1000n, 10n ** 18n, flat)).toEqual({ initial: 50n, maintenance: 30n });
  });

  it('is refused for rates above 1 and caps in the wrong order', () => {
    expect(positionMargin(1n, 0n, { ...TIER, initialPpm: 1_000_001n })).toMatchObject({ field: 'tier' });
    expect(positionMargin(1n, 0n, { ...TIER, openUpperCap: 500n })).toMatchObject({ field: 'open caps' });
  });
});

describe('an account', () => {
  it('may be liquidated strictly below its maintenance margin', () => {
    expect(isLiquidatable({ netCollateral: 30n, maintenance: 30n })).toBe(false);
    expect(isLiquidatable({ netCollateral: 29n, maintenance: 30n })).toBe(true);
    expect(isLiquidatable({ netCollateral: -5n, maintenance: 0n })).toBe(false);
  });

  it('sold out at the bankruptcy price of its whole position keeps nothing', () => {
    // Long 1,000 bought for 980 of debt: net collateral 20.
    const part = { notionalChange: -1000n, maintenanceChange: -30n };
    expect(bankruptcyQuote({ netCollateral: 20n, maintenance: 30n }, part)).toBe(980n);
    // Short: it pays 1,020.
    const short = { notionalChange: 1000n, maintenanceChange: -30n };
    expect(bankruptcyQuote({ netCollateral: 20n, maintenance: 30n }, short)).toBe(-1020n);
  });

  it('has its share of the collateral rounded towards −∞, also where it is below 0', () => {
    const third = { notionalChange: -100n, maintenanceChange: -10n };
    expect(bankruptcyQuote({ netCollateral: 20n, maintenance: 30n }, third)).toBe(100n - 6n);
    expect(bankruptcyQuote({ netCollateral: -20n, maintenance: 30n }, third)).toBe(100n + 7n);
    expect(bankruptcyQuote({ netCollateral: 1n, maintenance: 0n }, third)).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
  });

  it('closed in parts never has more of its collateral taken than it has', () => {
    const atoms = fc.bigInt({ min: 1n, max: 10n ** 12n });
    fc.assert(
      fc.property(
        atoms,
        atoms,
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1 }),
        (have, rest, parts) => {
          let maintenance = rest;
          for (const part of parts) maintenance += part;
          let taken = 0n;
          for (const part of parts) {
            const quote = bankruptcyQuote(
              { netCollateral: have, maintenance },
              { notionalChange: 0n, maintenanceChange: -part },
            );
            if (isFailure(quote)) throw new Error('refused');
            taken -= quote;
          }
          expect(taken <= have).toBe(true);
        },
      ),
      { seed: 4 },
    );
  });
});

describe('the price at which a position may be closed', () => {
  const rules = { bankruptcyAdjustmentPpm: 1_000_000n, spreadToMaintenancePpm: 1_500_000n };
  const toNumber = ({ numerator, denominator }: Fraction): number => Number(numerator) / Number(denominator);
  const priceOf = (netCollateral: bigint, sizeBase: bigint, notional: bigint): number => {
    const price = fillablePrice(
      { netCollateral, maintenance: 30n },
      { sizeBase, notional, maintenance: 30n },
      rules,
    );
    if (isFailure(price)) throw new Error('refused');
    expect(price.denominator > 0n).toBe(true);
    return toNumber(price);
  };

  it('is the oracle price at the margin, and moves against the account as it sinks', () => {
    expect(priceOf(30n, 10n, 1000n)).toBe(100);
    // Rating 1/2: 1000 − ½ · 1.5 · 30.
    expect(priceOf(15n, 10n, 1000n)).toBeCloseTo(97.75, 12);
    expect(priceOf(15n, -10n, -1000n)).toBeCloseTo(102.25, 12);
    // Never beyond a rating of 1.
    expect(priceOf(-1000n, 10n, 1000n)).toBeCloseTo(95.5, 12);
  });

  it('is refused for no position and no margin', () => {
    const account = { netCollateral: 1n, maintenance: 2n };
    const none = { sizeBase: 0n, notional: 0n, maintenance: 0n };
    expect(fillablePrice(account, none, rules)).toMatchObject({ field: 'sizeBase' });
    expect(bankruptcyRating({ netCollateral: 1n, maintenance: 0n }, rules)).toMatchObject({
      field: 'maintenance',
    });
  });
});

describe('the insurance fund', () => {
  it('takes a fill above bankruptcy up to its fee, and pays the whole of one below', () => {
    expect(insuranceDelta(1000n, 980n, 15_000n)).toBe(15n);
    expect(insuranceDelta(1000n, 990n, 15_000n)).toBe(10n);
    expect(insuranceDelta(1000n, 1000n, 15_000n)).toBe(0n);
    expect(insuranceDelta(900n, 980n, 15_000n)).toBe(-80n);
    // A short pays 1,000 where bankruptcy is 1,020.
    expect(insuranceDelta(-1000n, -1020n, 15_000n)).toBe(15n);
    expect(insuranceDelta(1n, 0n, 2_000_000n)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
  });
});
