import { describe, expect, it } from 'vitest';
import { leastSquares } from './least-squares.ts';

describe('least squares', () => {
  it('solves a straight line exactly', () => {
    const xs = [0, 1, 2, 3];
    const ys = [1, 3, 4, 4];
    const { at, cost } = leastSquares(
      (p, out) => xs.forEach((x, i) => (out[i] = p[0]! + p[1]! * x - ys[i]!)),
      Float64Array.of(0, 0),
      { count: 4, iterationsMax: 50, gainMin: 1e-14 },
    );
    expect(at[0]).toBeCloseTo(1.5, 6);
    expect(at[1]).toBeCloseTo(1, 6);
    expect(cost).toBeCloseTo(0.5 * (0.25 + 0.25 + 0.25 + 0.25), 8);
  });

  it('finds the valley of Rosenbrock', () => {
    const { at } = leastSquares(
      (p, out) => {
        out[0] = 10 * (p[1]! - p[0]! * p[0]!);
        out[1] = 1 - p[0]!;
      },
      Float64Array.of(-1.2, 1),
      { count: 2, iterationsMax: 200, gainMin: 0 },
    );
    expect(at[0]).toBeCloseTo(1, 5);
    expect(at[1]).toBeCloseTo(1, 5);
  });

  it('walks around points where the residuals are not finite', () => {
    const { at } = leastSquares(
      (p, out) => (out[0] = p[0]! > 0.5 ? Math.sqrt(p[0]! - 0.5) - 1 : NaN),
      Float64Array.of(4),
      { count: 1, iterationsMax: 100, gainMin: 1e-15 },
    );
    expect(at[0]).toBeCloseTo(1.5, 5);
  });
});
