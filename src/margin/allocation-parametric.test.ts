import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { parseLevel } from '../base/level.ts';
import type { Level } from '../base/level.ts';
import { allocateCovariance } from './allocation-parametric.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

const level = (text: string): Level => some(parseLevel(text, 'level'));
const normal = { kind: 'normal' } as const;
const sum = (values: Float64Array): number => values.reduce((total, x) => total + x, 0);

describe('allocation by covariance (TAIL-012)', () => {
  it('gives the two-currency example of Jorion, with 1.65 for the quantile', () => {
    const weights = Float64Array.of(2e6, 1e6);
    const covariance = Float64Array.of(0.0025, 0, 0, 0.0144);
    const parts = some(allocateCovariance({ weights, covariance }, normal, level('0.95')));
    expect(parts.sd).toBeCloseTo(156_204.99, 2);
    expect(1.65 * parts.sd).toBeCloseTo(257_738, 0);
    const share = parts.componentVar[0]! / parts.valueAtRisk;
    expect(share * 1.65 * parts.sd).toBeCloseTo(105_630, 0);
  });

  it('splits every book into components that sum to the total', () => {
    const entries = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 9, maxLength: 9 });
    const sizes = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(entries, sizes, (a, w) => {
        // A·Aᵀ is positive semi-definite.
        const at = (i: number, j: number): number =>
          [0, 1, 2].reduce((s, k) => s + a[3 * i + k]! * a[3 * j + k]!, 0);
        const covariance = Float64Array.from({ length: 9 }, (_, k) => at(Math.floor(k / 3), k % 3));
        const book = { weights: Float64Array.from(w), covariance };
        const parts = some(
          allocateCovariance(book, { kind: 'student-t', degreesOfFreedom: 4 }, level('0.99')),
        );
        expect(sum(parts.componentVar)).toBeCloseTo(parts.valueAtRisk, 6);
        expect(sum(parts.componentShortfall)).toBeCloseTo(parts.expectedShortfall, 6);
        expect(parts.valueAtRisk).toBeLessThanOrEqual(sum(parts.standaloneVar) + 1e-6);
      }),
      { seed: 51 },
    );
  });

  it('takes the whole of a position that is the whole of the risk', () => {
    const book = { weights: Float64Array.of(-3, 0), covariance: Float64Array.of(4, 1, 1, 9) };
    const parts = some(allocateCovariance(book, normal, level('0.975')));
    expect(parts.sd).toBe(6);
    expect(parts.incrementalVar[0]).toBe(parts.valueAtRisk);
    expect(parts.componentVar[1]).toBe(0);
    expect(parts.marginalVar[1]).toBeLessThan(0);
  });

  it('has zero parts for a book without risk', () => {
    const book = { weights: Float64Array.of(1, -1), covariance: Float64Array.of(1, 1, 1, 1) };
    const parts = some(allocateCovariance(book, normal, level('0.99')));
    expect([parts.valueAtRisk, ...parts.componentVar]).toEqual([0, 0, 0]);
  });

  it('refuses a matrix of another size, not finite, or no covariance', () => {
    const weights = Float64Array.of(1, -1);
    const bad = (entries: number[]): unknown =>
      allocateCovariance({ weights, covariance: Float64Array.from(entries) }, normal, level('0.99'));
    expect(bad([1, 0, 0])).toMatchObject({ failure: 'SHAPE_INVALID' });
    expect(bad([1, 0, 0, Number.NaN])).toMatchObject({ failure: 'NUMBER_NOT_FINITE' });
    expect(bad([1, 2, 2, 1])).toMatchObject({ failure: 'MATRIX_NOT_POSITIVE' });
    expect(bad([-1, -5, -5, 1])).toMatchObject({ failure: 'MATRIX_NOT_POSITIVE', field: 'covariance[0]' });
  });
});
