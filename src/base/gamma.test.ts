import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionFailed } from './assert.ts';
import { exp, log, log1p } from './elementary.ts';
import {
  deviance,
  gammaPrefix,
  gammaRegularisedP,
  gammaRegularisedQ,
  lgamma,
  stirlingError,
} from './gamma.ts';

const RUNS = { seed: 20260804, numRuns: 1000 };
const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

describe('lgamma', () => {
  it('is the logarithm of factorials', () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n++) {
      expect(Math.abs(lgamma(n) - log(factorial))).toBeLessThanOrEqual(2e-15 * Math.max(1, log(factorial)));
      factorial *= n;
    }
    expect([lgamma(1), lgamma(2)]).toEqual([0, 0]);
  });

  it('satisfies Γ(x + 1) = x·Γ(x) and Legendre’s duplication formula', () => {
    fc.assert(
      fc.property(between(0.01, 100), (x) => {
        expect(Math.abs(lgamma(x + 1) - lgamma(x) - log(x))).toBeLessThan(
          1e-13 * (1 + Math.abs(lgamma(x + 1))),
        );
        const doubled = (1 - 2 * x) * Math.LN2 + 0.5 * log(Math.PI) + lgamma(2 * x);
        expect(Math.abs(lgamma(x) + lgamma(x + 0.5) - doubled)).toBeLessThan(1e-14 * (1 + x * log(2 + x)));
      }),
      RUNS,
    );
  });

  it('has slope −γ at its zero at 1', () => {
    expect(lgamma(1 + 2 ** -40) / 2 ** -40).toBeCloseTo(-0.5772156649, 10);
    expect(lgamma(1 - 2 ** -40) / 2 ** -40).toBeCloseTo(0.5772156649, 10);
  });

  it('takes positive arguments only', () => {
    expect(() => lgamma(0)).toThrow(AssertionFailed);
    expect(() => lgamma(-0.5)).toThrow(AssertionFailed);
    expect([lgamma(NaN), lgamma(Infinity)]).toEqual([NaN, Infinity]);
  });
});

describe('deviance and Stirling error', () => {
  it('deviance is a·(e − ln(1 + e)) with e = (m − a)/a, never negative', () => {
    fc.assert(
      fc.property(between(0.1, 1e4), between(-0.9, 5), (a, e) => {
        const m = a * (1 + e);
        const actual = deviance(a, m);
        expect(actual).toBeGreaterThanOrEqual(0);
        const rounded = (m - a) / a;
        expect(Math.abs(actual - a * (rounded - log1p(rounded)))).toBeLessThan(3e-15 * a * (1 + Math.abs(e)));
      }),
      RUNS,
    );
    expect([deviance(3, 3), deviance(3, 0)]).toEqual([0, Infinity]);
  });

  it('Stirling’s series joins the direct formula', () => {
    expect(Math.abs(stirlingError(10) - stirlingError(10 - 1e-9))).toBeLessThan(1e-11);
  });
});

describe('the incomplete gamma functions', () => {
  it('P and Q are complements, and P rises by its density', () => {
    fc.assert(
      fc.property(between(0.1, 500), between(0, 3), (a, m) => {
        const x = a * m;
        expect(Math.abs(gammaRegularisedP(a, x) + gammaRegularisedQ(a, x) - 1)).toBeLessThan(1e-13);
        // DLMF 8.8.5: P(a + 1, x) = P(a, x) − x^a·e^(−x)/Γ(a + 1).
        const next = gammaRegularisedP(a, x) - gammaPrefix(a, x);
        expect(Math.abs(gammaRegularisedP(a + 1, x) - next)).toBeLessThan(1e-13);
      }),
      RUNS,
    );
  });

  it('Q(n, x) is the Poisson sum, relatively in the far tail', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), between(0, 300), (n, x) => {
        let term = 1;
        let sum = 1;
        for (let k = 1; k < n; k++) {
          term *= x / k;
          sum += term;
        }
        expect(Math.abs(gammaRegularisedQ(n, x) / (exp(-x) * sum) - 1)).toBeLessThan(1e-12);
      }),
      RUNS,
    );
  });

  it('end at 0 and 1', () => {
    expect([gammaRegularisedP(2, -1), gammaRegularisedP(2, 0), gammaRegularisedP(2, Infinity)]).toEqual([
      0, 0, 1,
    ]);
    expect([gammaRegularisedQ(2, -1), gammaRegularisedQ(2, 0), gammaRegularisedQ(2, Infinity)]).toEqual([
      1, 1, 0,
    ]);
    expect([gammaRegularisedP(2, NaN), gammaRegularisedQ(2, NaN)]).toEqual([NaN, NaN]);
    expect(() => gammaRegularisedP(0, 1)).toThrow(AssertionFailed);
    expect(() => gammaRegularisedQ(Infinity, 1)).toThrow(AssertionFailed);
  });
});
