import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionFailed } from './assert.ts';
import {
  binomialCdf,
  binomialPmf,
  chiSquareCdf,
  chiSquareQuantile,
  chiSquareSurvival,
  kolmogorovSurvival,
  studentTCdf,
  studentTPdf,
  studentTQuantile,
} from './distribution.ts';
import { exp } from './elementary.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { atan } from './trigonometry.ts';

const RUNS = { seed: 20260806, numRuns: 500 };
const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const relative = (a: number, b: number): number => Math.abs(a - b) / Math.abs(b);

describe('Student’s t', () => {
  it('is Cauchy at 1 degree of freedom and algebraic at 2', () => {
    fc.assert(
      fc.property(between(-1e6, -1e-6), (x) => {
        expect(relative(studentTCdf(x, 1), atan(-1 / x) / Math.PI)).toBeLessThan(1e-14);
        const root = Math.sqrt(2 + x * x);
        expect(relative(studentTCdf(x, 2), 1 / (root * (root - x)))).toBeLessThan(1e-14);
      }),
      RUNS,
    );
  });

  it('tends to the normal for many degrees of freedom', () => {
    for (const x of [-6, -2, -0.1, 1.5]) {
      expect(relative(studentTCdf(x, 1e10), normalCdf(x))).toBeLessThan(1e-7);
    }
    expect(relative(studentTQuantile(0.001, 1e10), normalQuantile(0.001))).toBeLessThan(1e-9);
  });

  it('has a quantile that inverts it, for any degrees of freedom, deep into the tail', () => {
    fc.assert(
      fc.property(between(-4, 9), between(-200, 0), between(0.01, 0.99), (logDf, logP, p) => {
        const df = exp(logDf);
        for (const q of [exp(logP) / 2, p]) {
          const x = studentTQuantile(q, df);
          if (Number.isFinite(x)) expect(relative(studentTCdf(x, df), q)).toBeLessThan(2e-12);
        }
      }),
      RUNS,
    );
  });

  it('has a quantile that is odd about ½, smooth through it, and ends at infinity', () => {
    for (const df of [0.5, 3, 30]) {
      for (const p of [2 ** -20, 0.125, 0.25, 0.375]) {
        expect(studentTQuantile(1 - p, df)).toBe(0 - studentTQuantile(p, df));
      }
      const near = studentTQuantile(0.5 + 2 ** -50, df);
      expect(relative(near, 2 ** -50 / studentTPdf(0, df))).toBeLessThan(1e-14);
      expect([0, 0.5, 1].map((p) => studentTQuantile(p, df))).toEqual([-Infinity, 0, Infinity]);
    }
  });

  it('goes on as a power law where t² overflows', () => {
    expect(relative(studentTCdf(-1e200, 1), 1 / Math.PI / 1e200)).toBeLessThan(2e-13);
    expect(relative(studentTQuantile(1e-250, 1), -1e250 / Math.PI)).toBeLessThan(2e-13);
    expect(studentTQuantile(1e-300, 0.05)).toBe(-Infinity);
  });

  it('refuses what makes no sense, by its kind', () => {
    for (const df of [0, -1, NaN, Infinity]) {
      expect(() => studentTCdf(0, df)).toThrow(AssertionFailed);
      expect(() => studentTPdf(0, df)).toThrow(AssertionFailed);
      expect(() => studentTQuantile(0.1, df)).toThrow(AssertionFailed);
    }
    expect([
      studentTCdf(NaN, 3),
      studentTPdf(NaN, 3),
      studentTQuantile(NaN, 3),
      studentTQuantile(1.1, 3),
    ]).toEqual([NaN, NaN, NaN, NaN]);
    expect([studentTCdf(-Infinity, 3), studentTCdf(Infinity, 3), studentTPdf(Infinity, 3)]).toEqual([
      0, 1, 0,
    ]);
  });
});

describe('chi-square', () => {
  it('is exponential at 2 degrees of freedom and the square of a normal at 1', () => {
    fc.assert(
      fc.property(between(1e-3, 600), (x) => {
        expect(relative(chiSquareSurvival(x, 2), exp(-0.5 * x))).toBeLessThan(3e-13);
        expect(relative(chiSquareSurvival(x, 1), 2 * normalCdf(-Math.sqrt(x)))).toBeLessThan(3e-13);
      }),
      RUNS,
    );
  });

  it('has a quantile that inverts it', () => {
    fc.assert(
      fc.property(between(-2, 8), between(-200, 0), between(0.01, 0.999999), (logDf, logP, p) => {
        const df = exp(logDf);
        const low = chiSquareQuantile(exp(logP) / 2, df);
        if (low > 1e-300) expect(relative(chiSquareCdf(low, df), exp(logP) / 2)).toBeLessThan(2e-12);
        expect(relative(chiSquareSurvival(chiSquareQuantile(p, df), df), 1 - p)).toBeLessThan(2e-12);
      }),
      RUNS,
    );
    expect([chiSquareQuantile(0, 3), chiSquareQuantile(1, 3)]).toEqual([0, Infinity]);
    expect([chiSquareQuantile(-0.1, 3), chiSquareQuantile(NaN, 3)]).toEqual([NaN, NaN]);
    expect(() => chiSquareQuantile(0.5, 0)).toThrow(AssertionFailed);
  });
});

describe('the binomial', () => {
  it('has probabilities that sum to its distribution function and to 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), between(0, 1), (n, p) => {
        let sum = 0;
        for (let k = 0; k <= n; k++) {
          sum += binomialPmf(k, n, p);
          expect(Math.abs(binomialCdf(k, n, p) - sum)).toBeLessThan(1e-12);
        }
        expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
      }),
      { ...RUNS, numRuns: 60 },
    );
  });

  it('is certain at p = 0 and p = 1, and nothing outside 0 … n', () => {
    expect([binomialPmf(0, 5, 0), binomialPmf(5, 5, 1), binomialPmf(2, 5, 0), binomialPmf(0, 5, 1)]).toEqual([
      1, 1, 0, 0,
    ]);
    expect([binomialCdf(0, 5, 0), binomialCdf(4, 5, 1), binomialCdf(5, 5, 1)]).toEqual([1, 0, 1]);
    expect([binomialPmf(-1, 5, 0.5), binomialPmf(6, 5, 0.5), binomialPmf(1.5, 5, 0.5)]).toEqual([0, 0, 0]);
    expect([binomialCdf(-1, 5, 0.5), binomialCdf(NaN, 5, 0.5)]).toEqual([0, NaN]);
    expect(binomialCdf(1.5, 2, 0.5)).toBe(binomialCdf(1, 2, 0.5));
    expect([binomialPmf(0, 0, 0.5), binomialPmf(0, 0, 1), binomialCdf(0, 0, 0.5)]).toEqual([1, 1, 1]);
    expect(() => binomialPmf(1, 2.5, 0.5)).toThrow(AssertionFailed);
    expect(() => binomialCdf(1, 2, 1.5)).toThrow(AssertionFailed);
  });
});

describe('Kolmogorov’s distribution', () => {
  it('has the tabulated critical values', () => {
    // Asymptotic critical values of the two-sided test at 10, 5 and 1 %, to five places.
    expect(kolmogorovSurvival(1.22385)).toBeCloseTo(0.1, 5);
    expect(kolmogorovSurvival(1.3581)).toBeCloseTo(0.05, 5);
    expect(kolmogorovSurvival(1.62762)).toBeCloseTo(0.01, 5);
  });

  it('is one function though it has two series', () => {
    expect(relative(kolmogorovSurvival(1.18 - 1e-12), kolmogorovSurvival(1.18 + 1e-12))).toBeLessThan(1e-10);
    expect([-1, 0, 0.01, Infinity].map(kolmogorovSurvival)).toEqual([1, 1, 1, 0]);
    expect(kolmogorovSurvival(NaN)).toBeNaN();
  });
});
