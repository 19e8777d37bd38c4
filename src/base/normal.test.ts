import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp } from './elementary.ts';
import { erf, erfc, normalCdf, normalLogCdf, normalPdf, normalQuantile } from './normal.ts';

const RUNS = { seed: 20260803, numRuns: 2000 };
const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const relative = (a: number, b: number): number => Math.abs(a - b) / Math.abs(b);

describe('the normal distribution', () => {
  it('has halves that sum to 1', () => {
    fc.assert(
      fc.property(between(-40, 40), (x) => {
        expect(Math.abs(normalCdf(x) + normalCdf(-x) - 1)).toBeLessThan(3e-16);
        expect(Math.abs(erf(x) + erfc(x) - 1)).toBeLessThan(5e-16);
        expect(erf(-x)).toBe(-erf(x));
      }),
      RUNS,
    );
  });

  it('has a density that is the slope of its distribution function', () => {
    fc.assert(
      fc.property(between(-30, 1), (x) => {
        const h = 1e-4 / (1 + Math.abs(x));
        const slope = (normalCdf(x + h) - normalCdf(x - h)) / (2 * h);
        expect(relative(slope, normalPdf(x))).toBeLessThan(1e-7);
      }),
      RUNS,
    );
  });

  it('has a logarithm that agrees with it where both are in range', () => {
    fc.assert(
      fc.property(between(-37, 8), (x) => {
        expect(relative(exp(normalLogCdf(x)), normalCdf(x))).toBeLessThan(3e-13);
      }),
      RUNS,
    );
  });

  it('follows Mills’ ratio far below: ln Φ(−1e8) = −x²/2 − ln(x·√2π)', () => {
    expect(normalLogCdf(-1e8)).toBe(-5000000000000000 - 19.339619277157038);
    expect(normalLogCdf(-1e160)).toBe(-Infinity);
  });

  it('reaches its smallest values gradually and ends at 0 and 1', () => {
    // True values from 50-digit arithmetic; 2.8854283600687843e-316 counted in subnormal steps.
    expect(Math.abs(normalCdf(-38) / 5e-324 - 58401720)).toBeLessThan(3);
    expect(normalCdf(-39)).toBe(0);
    expect(normalPdf(-39)).toBe(0);
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalPdf(Infinity)]).toEqual([0, 1, 0]);
    expect([normalLogCdf(-Infinity), Math.abs(normalLogCdf(Infinity))]).toEqual([-Infinity, 0]);
    expect([erf(Infinity), erf(-Infinity), erfc(Infinity), erfc(-Infinity)]).toEqual([1, -1, 0, 2]);
  });

  it('is continuous where its pieces join', () => {
    for (const x of [0.5, 2, 5]) {
      for (const f of [erfc, (y: number) => normalCdf(-y * Math.SQRT2)]) {
        const below = f(x * (1 - 2 ** -53));
        const at = f(x);
        const above = f(x * (1 + 2 ** -52));
        expect(relative(below, at)).toBeLessThan(2e-14);
        expect(relative(above, at)).toBeLessThan(2e-14);
      }
    }
  });

  it('gives NaN for NaN', () => {
    for (const f of [erf, erfc, normalCdf, normalPdf, normalLogCdf, normalQuantile]) expect(f(NaN)).toBeNaN();
  });
});

describe('the normal quantile', () => {
  it('is the inverse of the distribution function in the whole lower half', () => {
    fc.assert(
      fc.property(between(-700, 0), (logP) => {
        const p = exp(logP) / 2;
        const x = normalQuantile(p);
        // Relative error of Φ at x is |x|·pdf/Φ ≈ x² times that of x.
        expect(relative(normalCdf(x), p)).toBeLessThan(4e-15 * (1 + x * x));
      }),
      RUNS,
    );
  });

  it('is odd about ½ and ends at infinity', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (k) => {
        const p = k / 2 ** 31;
        expect(normalQuantile(1 - p)).toBe(0 - normalQuantile(p));
      }),
      RUNS,
    );
    expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([-Infinity, 0, Infinity]);
    expect(normalQuantile(-1e-300)).toBeNaN();
    expect(normalQuantile(1.0000000000000002)).toBeNaN();
    expect(relative(normalQuantile(5e-324), -38.46740561714434)).toBeLessThan(1e-15);
  });
});
