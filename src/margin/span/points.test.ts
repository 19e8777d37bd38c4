import { describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import { assessInversePoints, assessPoints, type PointLeg, tenPoints, worstPoint } from './points.ts';

const POINTS = tenPoints(0.15, 0.15);

function option(right: 'call' | 'put', quantity: number, strike: number): PointLeg {
  const terms = { multiplier: 100, tauYears: 30 / 365, vol: 0.3 };
  return { kind: 'option', right, quantity, strike, ...terms };
}

function assessed(legs: readonly PointLeg[]): Exclude<ReturnType<typeof assessPoints>, { failure: unknown }> {
  const result = assessPoints({ spot: 100, rate: 0.04, dividend: 0, legs }, POINTS);
  if (isFailure(result)) throw new Error(JSON.stringify(result));
  return result;
}

describe('the ten points (METHOD-061)', () => {
  it('are five steps down and five up, without zero', () => {
    expect(POINTS.map((p) => Math.round(p * 100))).toEqual([-15, -12, -9, -6, -3, 3, 6, 9, 12, 15]);
    expect(tenPoints(0.08, 0.06).map((p) => Math.round(p * 1000))).toEqual([
      -80, -64, -48, -32, -16, 12, 24, 36, 48, 60,
    ]);
  });

  it('ask the largest loss of stock, and no minimum', () => {
    const result = assessed([{ kind: 'stock', quantity: 100 }]);
    expect(result.requirement).toBeCloseTo(1500, 9);
    expect(result.worst.index).toBe(0);
    expect(result.minimumCharge).toBe(0);
  });

  it('ask 0.375 a unit of every option, a long one no more than it is worth', () => {
    expect(assessed([option('call', -1, 100), option('put', -1, 100)]).minimumCharge).toBe(75);
    const worthless = assessed([option('put', 1, 10)]);
    expect(worthless.minimumCharge).toBeLessThan(1e-9);
    const far = assessed([option('call', -10, 1000)]);
    expect(far.requirement).toBe(375);
  });

  it('are refused with prices or points that make no sense', () => {
    const book = { spot: 100, rate: 0, dividend: 0, legs: [] };
    expect(assessPoints({ ...book, spot: 0 }, POINTS)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
    expect(assessPoints(book, [])).toMatchObject({ field: 'points' });
    expect(assessPoints(book, [-1])).toMatchObject({ field: 'points' });
    const legs = [{ kind: 'stock', quantity: NaN }] as const;
    expect(assessPoints({ ...book, legs }, POINTS)).toMatchObject({ field: 'legs[0].quantity' });
  });
});

describe('the worst point', () => {
  it('is the first of the lowest, and a book that only gains loses nothing', () => {
    expect(worstPoint([1, -2, -2, 3])).toEqual({ index: 1, loss: 2 });
    expect(worstPoint([3, 1])).toEqual({ index: 1, loss: 0 });
  });
});

describe('coin-settled contracts', () => {
  it('lose in coin as 1/F does, and in USD at the price of the point', () => {
    const legs = [{ kind: 'future', quantity: 6000, contractUsd: 10 }] as const;
    const result = assessInversePoints({ forward: 60_000, legs }, POINTS);
    if (isFailure(result)) throw new Error('refused');
    expect(result.worstCoin.loss).toBeCloseTo(60_000 * (1 / 51_000 - 1 / 60_000), 12);
    expect(result.worstUsd.loss).toBeCloseTo(9000, 8);
    expect(result.legs[0]!.baseValue).toBeNull();
  });

  it('may be worst at one point in coin and at another in USD (METHOD-061)', () => {
    const at = { strike: 60_000, tauYears: 30 / 365, vol: 0.6, multiplier: 1, quantity: -2 } as const;
    const legs = [
      { kind: 'option', right: 'call', ...at },
      { kind: 'option', right: 'put', ...at },
      { kind: 'future', quantity: -1600, contractUsd: 10 },
    ] as const;
    const result = assessInversePoints({ forward: 60_000, legs }, POINTS);
    if (isFailure(result)) throw new Error('refused');
    expect(result.worstCoin.index).toBe(0);
    expect(result.worstUsd.index).toBe(9);
    for (const [i, point] of POINTS.entries()) {
      expect(result.pnlUsd[i]).toBeCloseTo(result.pnlCoin[i]! * 60_000 * (1 + point), 6);
    }
  });

  it('are refused at a forward of 0', () => {
    expect(assessInversePoints({ forward: 0, legs: [] }, POINTS)).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
  });
});
