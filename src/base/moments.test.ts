import { describe, expect, it } from 'vitest';
import { mean, meanSquare, moments } from './moments.ts';

describe('sample moments', () => {
  it('are those of a die', () => {
    const die = Float64Array.of(1, 2, 3, 4, 5, 6);
    const { mean: centre, variance, skewness, kurtosisExcess } = moments(die);
    expect([centre, skewness]).toEqual([3.5, 0]);
    expect(variance).toBeCloseTo(35 / 12, 14);
    expect(kurtosisExcess).toBeCloseTo(-222 / 175, 14);
  });

  it('have the sign of the longer tail', () => {
    // scipy.stats.skew and kurtosis of the same five numbers.
    const { skewness, kurtosisExcess } = moments(Float64Array.of(0, 0, 0, 0, 10));
    expect(skewness).toBeCloseTo(1.5, 14);
    expect(kurtosisExcess).toBeCloseTo(0.25, 14);
  });

  it('are zero of nothing and of what does not vary', () => {
    expect(moments(new Float64Array(0))).toEqual({ mean: 0, variance: 0, skewness: 0, kurtosisExcess: 0 });
    expect(moments(Float64Array.of(7, 7))).toEqual({ mean: 7, variance: 0, skewness: 0, kurtosisExcess: 0 });
    expect(mean(new Float64Array(0))).toBe(0);
  });

  it('count squares about zero, of as many values as asked', () => {
    expect(meanSquare(Float64Array.of(3, 4, 100), 2)).toBe(12.5);
    expect(meanSquare(Float64Array.of(1, 1), 20)).toBe(1);
    expect(meanSquare(new Float64Array(0))).toBe(0);
  });
});
