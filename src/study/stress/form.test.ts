import { describe, expect, it } from 'vitest';
import { DEFAULT_FORM, findDesignPoint, type HarmOf } from './form.ts';

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
};

const linear =
  (weights: readonly number[], target: number): HarmOf =>
  (points) =>
    Float64Array.from(points, (point) => dot(weights, point) - target);

describe('the nearest harmful point', () => {
  it('is target over norm along the gradient where harm is linear', () => {
    const weights = [0.5, -1.2, 2, 0.1, -0.7];
    const found = findDesignPoint(linear(weights, 6), [], { ...DEFAULT_FORM, dimension: 5 })!;
    const length = Math.sqrt(dot(weights, weights));
    expect(found.distance).toBeCloseTo(6 / length, 3);
    expect(found.harm).toBeGreaterThanOrEqual(0);
    for (const [i, w] of weights.entries())
      expect(found.point[i]).toBeCloseTo((6 * w) / (length * length), 1);
  });

  it('is the nearer of two where harm has two sides', () => {
    const harm: HarmOf = (points) => Float64Array.from(points, ([x, y]) => Math.max(x! - 4, -x! - 3, y! - 9));
    const found = findDesignPoint(harm, [], { ...DEFAULT_FORM, dimension: 2 })!;
    expect(found.distance).toBeCloseTo(3, 3);
    expect(found.point[0]).toBeCloseTo(-3, 2);
  });

  it('lies on the curve where harm is curved, with no nearer point in any direction', () => {
    const harm: HarmOf = (points) =>
      Float64Array.from(points, ([x, y, z]) => x! + 0.2 * y! * y! + 0.1 * z! - 4);
    const found = findDesignPoint(harm, [], { ...DEFAULT_FORM, dimension: 3 })!;
    let best = Infinity;
    for (let i = 0; i < 4000; i += 1) {
      const y = -5 + (10 * i) / 4000;
      // For given y the nearest (x, z) with x + 0.1 z = 4 − 0.2 y².
      const rest = 4 - 0.2 * y * y;
      best = Math.min(best, Math.sqrt((rest * rest) / 1.01 + y * y));
    }
    expect(found.distance).toBeCloseTo(best, 2);
  });

  it('is absent where nothing within reach does harm', () => {
    expect(findDesignPoint(linear([1, 1], 100), [], { ...DEFAULT_FORM, dimension: 2 })).toBeNull();
  });
});
