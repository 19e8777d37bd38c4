import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionFailed } from './assert.ts';
import { betaRegularised, betaRegularisedAt } from './beta.ts';
import { pow } from './elementary.ts';

const RUNS = { seed: 20260805, numRuns: 1000 };
const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

describe('the regularised incomplete beta function', () => {
  it('is symmetric: I_x(a, b) = 1 − I_{1−x}(b, a)', () => {
    fc.assert(
      fc.property(between(0.05, 300), between(0.05, 300), between(0, 1), (a, b, x) => {
        const swapped = betaRegularisedAt(b, a, { x: 1 - x, y: x });
        expect(Math.abs(betaRegularised(a, b, x) + swapped - 1)).toBeLessThan(2e-13);
      }),
      RUNS,
    );
  });

  it('is x^a for b = 1, relatively', () => {
    fc.assert(
      fc.property(between(0.05, 200), between(1e-3, 0.999), (a, x) => {
        const power = pow(x, a);
        if (power > 1e-290) expect(Math.abs(betaRegularised(a, 1, x) / power - 1)).toBeLessThan(5e-13);
      }),
      RUNS,
    );
  });

  it('never falls as x rises', () => {
    fc.assert(
      fc.property(between(0.1, 50), between(0.1, 50), between(0, 0.99), (a, b, x) => {
        expect(betaRegularised(a, b, x + 0.01)).toBeGreaterThanOrEqual(betaRegularised(a, b, x));
      }),
      RUNS,
    );
  });

  it('ends at 0 and 1', () => {
    expect([-1, 0, 1, 2].map((x) => betaRegularised(2, 3, x))).toEqual([0, 0, 1, 1]);
    expect(betaRegularised(2, 3, NaN)).toBeNaN();
    expect(() => betaRegularised(0, 3, 0.5)).toThrow(AssertionFailed);
    expect(() => betaRegularised(1, NaN, 0.5)).toThrow(AssertionFailed);
  });
});
