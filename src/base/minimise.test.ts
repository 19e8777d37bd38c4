import { describe, expect, it } from 'vitest';
import { minimise, minimiseOnInterval } from './minimise.ts';

const square = (x: number): number => x * x;

const options = { steps: Float64Array.of(0.5, 0.5), spread: 1e-14, width: 1e-7, evaluationsMax: 20_000 };

describe('the simplex minimiser', () => {
  it('finds the end of the valley of Rosenbrock', () => {
    const valley = (x: Float64Array): number => 100 * square(x[1]! - x[0]! * x[0]!) + square(1 - x[0]!);
    const found = minimise(valley, Float64Array.of(-1.2, 1), options);
    expect(found.converged).toBe(true);
    expect(found.at[0]).toBeCloseTo(1, 6);
    expect(found.at[1]).toBeCloseTo(1, 6);
  });

  it('stays inside a domain whose outside is infinite, also where the minimum lies on its edge', () => {
    const f = (x: Float64Array): number => (x[0]! < 1 ? Number.POSITIVE_INFINITY : x[0]! + x[1]! * x[1]!);
    const found = minimise(f, Float64Array.of(3, 2), options);
    expect(found.at[0]).toBeGreaterThanOrEqual(1);
    expect(found.value).toBeCloseTo(1, 5);
  });

  it('takes NaN for outside and says when it gives up', () => {
    const f = (x: Float64Array): number => Math.sqrt(x[0]!) + x[1]! * x[1]!;
    const found = minimise(f, Float64Array.of(2, 2), { ...options, evaluationsMax: 25 });
    expect(found.converged).toBe(false);
    expect(found.value).toBeLessThan(f(Float64Array.of(2, 2)));
  });

  it('gives the same bits every time', () => {
    const f = (x: Float64Array): number => square(x[0]! - 2) + square(square(x[0]! * x[1]! - 1));
    const [a, b] = [1, 2].map(() => minimise(f, Float64Array.of(0, 0), options));
    expect(a).toEqual(b);
  });
});

describe('the golden section', () => {
  it('narrows on a minimum inside and on one at an end', () => {
    const inside = minimiseOnInterval((x) => square(x - 0.3), { from: -1, to: 4 }, 1e-9);
    expect(inside.at).toBeCloseTo(0.3, 7);
    expect(minimiseOnInterval((x) => x, { from: 2, to: 3 }, 1e-9).at).toBeCloseTo(2, 8);
  });
});
