import { describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import { assessGrid, type GridResult } from './assess.ts';
import type { GridBook, GridExpiry, GridLeg } from './book.ts';
import type { GridModel } from './model.ts';
import {
  DERIBIT,
  DERIVE_PMRM1,
  DERIVE_PMRM2,
  GRID_PRESETS,
  OKX_MAJOR,
  OKX_MID,
  OKX_OTHER,
  PARADEX,
} from './presets.ts';

const EMPTY: GridBook = {
  cash: 0,
  stablePrice: 1,
  spot: { price: 100, confidence: 1 },
  perpetuals: [],
  collaterals: [],
  expiries: [],
};

function perpetual(quantity: number, fundingRateHourly = 0): GridBook {
  const held = {
    quantity,
    price: 100,
    confidence: 1,
    unrealisedPnl: 0,
    unrealisedFunding: 0,
    fundingRateHourly,
  };
  return { ...EMPTY, perpetuals: [held] };
}

function expiry(days: number, of: { legs?: readonly GridLeg[]; futureQuantity?: number }): GridExpiry {
  return {
    seconds: days * 86_400,
    forwardFixed: 0,
    forwardVariable: 100,
    rate: 0,
    confidence: { forward: 1, rate: 1, vol: 1 },
    futureQuantity: of.futureQuantity ?? 0,
    legs: of.legs ?? [],
  };
}

function assessed(book: GridBook, model: GridModel): GridResult {
  const result = assessGrid(book, model);
  if (isFailure(result)) throw new Error(JSON.stringify(result));
  return result;
}

describe('the presets (METHOD-039)', () => {
  it('have the scenario counts of their publications and assess an empty book to nothing', () => {
    const counts = [...GRID_PRESETS].map(([id, { scenarios }]) => [id, scenarios.length]);
    expect(counts).toEqual([
      ['derive-pmrm2', 31],
      ['derive-pmrm1', 21],
      ['deribit', 35],
      ['paradex', 24],
      ['okx-major', 24],
      ['okx-mid', 24],
      ['okx-other', 24],
    ]);
    for (const model of GRID_PRESETS.values()) {
      const { requirement } = assessed(EMPTY, model);
      expect(Math.abs(requirement.initial) + Math.abs(requirement.maintenance)).toBe(0);
    }
  });

  it('step evenly through the price range', () => {
    const moves = (model: GridModel): number[] => [
      ...new Set(model.scenarios.filter((s) => s.dampening === 1).map((s) => s.spotShock)),
    ];
    expect(moves(DERIVE_PMRM2)).toEqual([1.18, 1.135, 1.09, 1.045, 1, 0.955, 0.91, 0.865, 0.82]);
    expect(moves(DERIVE_PMRM1)).toEqual([1.15, 1.1, 1.05, 1, 0.95, 0.9, 0.85]);
    expect(moves(DERIBIT)).toHaveLength(9);
    expect(moves(OKX_MAJOR)).toEqual([1.12, 1.08, 1.04, 1, 0.96, 0.92, 0.88]);
    expect(moves(OKX_MID)[0]).toBe(1.18);
    expect(moves(OKX_OTHER)[0]).toBe(1.25);
  });

  it('weigh tails as published', () => {
    const tails = (model: GridModel): number[] =>
      model.scenarios.filter((s) => s.dampening < 1).map((s) => s.dampening);
    const close = (actual: number[], expected: number[]): void => {
      expect(actual).toHaveLength(expected.length);
      for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 4);
    };
    close(tails(DERIVE_PMRM2), [0.054545, 0.10909, 0.072, 0.036, 0.018, 0.012]);
    close(tails(PARADEX), [0.16 / 0.66, 0.16 / 0.33, 0.32, 0.16, 0.08, 0.0533, 0.04, 0.032]);
  });
});

describe('Paradex', () => {
  it('asks 16 % of an outright position, half of it to keep it, and eight hours of funding', () => {
    const result = assessed(perpetual(2, 0.0001), PARADEX);
    expect(result.requirement.initial).toBeCloseTo(32 + 0.16, 10);
    expect(result.requirement.maintenance).toBeCloseTo(16 + 0.16, 10);
    expect(assessed(perpetual(-2, 0.0001), PARADEX).addOns.funding).toBe(0);
  });

  it('asks 1 % of a hedged pair of futures at least', () => {
    const book = { ...perpetual(3), expiries: [expiry(90, { futureQuantity: -3 })] };
    const { requirement, addOns } = assessed(book, PARADEX);
    expect(addOns.deltaMinimum).toBeCloseTo(3, 10);
    expect(requirement.initial).toBeCloseTo(3, 10);
  });
});

describe('Deribit', () => {
  it('charges the roll of an expiry against spot, with a minimum', () => {
    const calendar = { ...perpetual(10), expiries: [expiry(73, { futureQuantity: -10 })] };
    const { addOns, requirement } = assessed(calendar, DERIBIT);
    expect(addOns.roll).toBeCloseTo(1000 * 0.05 * 0.2, 10);
    expect(requirement.initial).toBeCloseTo(10, 8);
    const near = { ...perpetual(10), expiries: [expiry(1, { futureQuantity: -10 })] };
    expect(assessed(near, DERIBIT).addOns.roll).toBeCloseTo(1000 * 0.001, 10);
  });

  it('sees a far short option in its tail scenarios alone', () => {
    const legs: readonly GridLeg[] = [{ strike: 200, right: 'call', amount: -100, vol: 0.5 }];
    const { worst } = assessed({ ...EMPTY, expiries: [expiry(2, { legs })] }, DERIBIT);
    expect(worst.name).toBe('spot +500 %, vol up');
  });
});

describe('OKX', () => {
  it('asks the minimum charge where it is more than the loss', () => {
    const hedged = { ...perpetual(60_000), expiries: [expiry(1, { futureQuantity: -60_000 })] };
    const { addOns, netRequirement } = assessed(hedged, OKX_MAJOR);
    // 120,000 contracts at 100 and 0.5 % are 60,000 raw: 10,000 once and 50,000 twice.
    expect(addOns.sizeMinimum).toBeCloseTo(110_000, 6);
    expect(netRequirement).toBeCloseTo(110_000, 6);
  });

  it('has a day of decay, rates and the vega between expiries on their own lines', () => {
    const legs = (amount: number): readonly GridLeg[] => [{ strike: 100, right: 'call', amount, vol: 0.5 }];
    const book = {
      ...EMPTY,
      expiries: [expiry(10, { legs: legs(-10) }), expiry(100, { legs: legs(10) })],
    };
    const { addOns, scenarios } = assessed(book, OKX_MAJOR);
    const decay = scenarios.find(({ name }) => name === 'one day passes')!;
    expect(decay.expiries[0]).toBeGreaterThan(0);
    expect(decay.expiries[1]).toBeLessThan(0);
    expect(addOns.vegaTerm).toBeGreaterThan(0);
    expect(addOns.rate).toBeGreaterThan(0);
    expect(
      assessed({ ...EMPTY, expiries: [expiry(10, { legs: legs(10) })] }, OKX_MAJOR).addOns.vegaTerm,
    ).toBe(0);
  });
});
