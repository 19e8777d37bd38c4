import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionFailed } from './assert.ts';
import { isFailure, type Failure } from './failure.ts';
import { cholesky, multiply, nearestCorrelation, shrink, solvePositive, symmetricEigen } from './matrix.ts';

const RUNS = { seed: 20260808, numRuns: 100 };

function found<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

function transpose(a: Float64Array, n: number): Float64Array {
  return a.map((_, i) => a[(i % n) * n + Math.floor(i / n)]!);
}

function square(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return multiply(a, b, { rows: n, inner: n, columns: n });
}

function distance(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i]!)), 0);
}

/** Symmetric matrices of 1 to 8 rows with entries in [−1, 1] and ones on the diagonal. */
const symmetric = fc.integer({ min: 1, max: 8 }).chain((n) =>
  fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n })
    .map((entries) => {
      const a = Float64Array.from(entries);
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[j * n + i] = i === j ? 1 : a[i * n + j]!;
      return { a, n };
    }),
);

describe('Cholesky', () => {
  it('factors A·Aᵀ + 1 and solves with it', () => {
    fc.assert(
      fc.property(symmetric, ({ a, n }) => {
        const positive = square(a, transpose(a, n), n);
        for (let i = 0; i < n; i++) positive[i * n + i]! += 1;
        const l = found(cholesky(positive, n));
        expect(distance(square(l, transpose(l, n), n), positive)).toBeLessThan(1e-13);
        const b = Float64Array.from({ length: n }, (_, i) => i - 1.5);
        const x = found(solvePositive(positive, b));
        expect(distance(multiply(positive, x, { rows: n, inner: n, columns: 1 }), b)).toBeLessThan(1e-12);
      }),
      RUNS,
    );
  });

  it('has the factor of the textbook', () => {
    const l = found(cholesky(Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98), 3));
    expect([...l]).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]);
  });

  it('refuses what is not positive definite', () => {
    for (const a of [
      [1, 2, 2, 1],
      [0, 0, 0, 1],
      [1, 1, 1, 1],
      [NaN, 0, 0, 1],
      [Infinity, 0, 0, 1],
    ]) {
      const matrix = Float64Array.from(a);
      expect(cholesky(matrix, 2)).toMatchObject({ failure: 'MATRIX_NOT_POSITIVE' });
      expect(solvePositive(matrix, Float64Array.of(1, 1))).toMatchObject({ failure: 'MATRIX_NOT_POSITIVE' });
    }
    expect(() => cholesky(Float64Array.of(1, 2, 3), 2)).toThrow(AssertionFailed);
  });
});

describe('the symmetric eigenvalue problem', () => {
  it('is solved: V·Λ·Vᵀ is the matrix, V is orthonormal, Λ falls', () => {
    fc.assert(
      fc.property(symmetric, ({ a, n }) => {
        const { values, vectors } = found(symmetricEigen(a, n));
        const scaled = vectors.map((v, i) => v * values[i % n]!);
        expect(distance(square(scaled, transpose(vectors, n), n), a)).toBeLessThan(1e-14 * n);
        const unit = square(transpose(vectors, n), vectors, n);
        expect(unit.every((x, i) => Math.abs(x - (i % (n + 1) === 0 ? 1 : 0)) < 1e-14)).toBe(true);
        expect(values.every((x, i) => i === 0 || x <= values[i - 1]!)).toBe(true);
      }),
      RUNS,
    );
  });

  it('has the eigenvalues 2 − 2·cos(kπ/(n+1)) for the second difference', () => {
    const { values } = found(symmetricEigen(Float64Array.of(2, -1, 0, -1, 2, -1, 0, -1, 2), 3));
    const expected = Float64Array.of(2 + Math.SQRT2, 2, 2 - Math.SQRT2);
    expect(distance(values, expected)).toBeLessThan(2e-15);
  });

  it('keeps a diagonal matrix, sorted, and refuses entries that are not finite', () => {
    const { values, vectors } = found(symmetricEigen(Float64Array.of(1, 0, 0, 3), 2));
    expect([...values, ...vectors]).toEqual([3, 1, 0, 1, 1, 0]);
    expect(symmetricEigen(Float64Array.of(1, NaN, NaN, 1), 2)).toMatchObject({
      failure: 'NUMBER_NOT_FINITE',
    });
    expect([...found(symmetricEigen(new Float64Array(4), 2)).values]).toEqual([0, 0]);
  });
});

describe('the nearest correlation matrix', () => {
  it('is that of Higham’s first example, to the digits he prints', () => {
    const near = found(nearestCorrelation(Float64Array.of(1, 1, 0, 1, 1, 1, 0, 1, 1), { n: 3, floor: 0 }));
    expect(near[1]).toBeCloseTo(0.7607, 4);
    expect(near[2]).toBeCloseTo(0.1573, 4);
    expect(near[5]).toBeCloseTo(0.7607, 4);
  });

  it('is that of Higham’s second-difference example', () => {
    const a = Float64Array.of(2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2);
    const near = found(nearestCorrelation(a, { n: 4, floor: 0 }));
    const printed = [1, -0.8084, 0.1916, 0.1068, -0.8084, 1, -0.6562, 0.1916];
    printed.forEach((x, i) => expect(near[i]).toBeCloseTo(x, 4));
  });

  it('is a correlation matrix with the floor asked for, never farther than another one, and stays where it is', () => {
    fc.assert(
      fc.property(symmetric, ({ a, n }) => {
        const near = found(nearestCorrelation(a, { n, floor: 1e-6 }));
        expect(near.every((x, i) => (i % (n + 1) === 0 ? x === 1 : Math.abs(x) <= 1))).toBe(true);
        expect(distance(near, transpose(near, n))).toBe(0);
        const { values } = found(symmetricEigen(near, n));
        expect(values[n - 1]).toBeGreaterThan(0.99e-6);
        expect(isFailure(cholesky(near, n))).toBe(false);
        const norm = (other: Float64Array): number => a.reduce((sum, x, i) => sum + (x - other[i]!) ** 2, 0);
        const unit = a.map((_, i) => (i % (n + 1) === 0 ? 1 : 0));
        for (const step of [0.01, 0.5])
          expect(norm(near)).toBeLessThanOrEqual(norm(shrink(near, unit, step)) + 1e-9);
        expect(distance(found(nearestCorrelation(near, { n, floor: 1e-6 })), near)).toBeLessThan(1e-9);
      }),
      RUNS,
    );
  });

  it('refuses entries that are not finite', () => {
    const a = Float64Array.of(1, NaN, NaN, 1);
    expect(nearestCorrelation(a, { n: 2, floor: 0 })).toMatchObject({ failure: 'NUMBER_NOT_FINITE' });
    expect(() => nearestCorrelation(a, { n: 2, floor: 1 })).toThrow(AssertionFailed);
  });
});

describe('products and shrinkage', () => {
  it('multiplies rectangles', () => {
    const product = multiply(Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(1, 0, 2), {
      rows: 2,
      inner: 3,
      columns: 1,
    });
    expect([...product]).toEqual([7, 16]);
    expect(() => multiply(product, product, { rows: 2, inner: 2, columns: 2 })).toThrow(AssertionFailed);
  });

  it('shrinks between a matrix and its target', () => {
    const a = Float64Array.of(1, 0.8, 0.8, 1);
    const unit = Float64Array.of(1, 0, 0, 1);
    expect([...shrink(a, unit, 0.25)]).toEqual([1, 0.6000000000000001, 0.6000000000000001, 1]);
    expect([shrink(a, unit, 0), shrink(a, unit, 1)]).toEqual([a, unit]);
    expect(() => shrink(a, unit, 1.5)).toThrow(AssertionFailed);
  });
});
