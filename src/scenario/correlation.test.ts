import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import {
  clipCorrelation,
  ewmaCovariance,
  sampleCorrelation,
  secondMoments,
  toCorrelation,
} from './correlation.ts';
import { ewmaVariances } from './volatility.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

const a = Float64Array.of(0.1, -0.2, 0.05, 0.3);
const b = Float64Array.of(0.2, -0.1, 0.1, 0.1);

describe('covariance', () => {
  it('has the exponentially weighted variances on its diagonal', () => {
    const first = some(secondMoments([a, b]));
    const covariance = some(ewmaCovariance([a, b], { decay: 0.9, first }));
    const own = some(ewmaVariances(a, { decay: 0.9, first: first[0]! }));
    expect(covariance[0]).toBeCloseTo(own[4]!, 15);
    expect(covariance[1]).toBeCloseTo(covariance[2]!, 16);
  });

  it('turns into a correlation with a diagonal of exactly 1', () => {
    const correlation = some(toCorrelation(Float64Array.of(4, 3, 3, 9)));
    expect([...correlation]).toEqual([1, 0.5, 0.5, 1]);
    expect(some(sampleCorrelation([a, a.map((x) => 5 - 2 * x)]))[1]).toBeCloseTo(-1, 12);
  });

  it('refuses variances that are none and series that do not match', () => {
    expect(toCorrelation(Float64Array.of(1, 0, 0, 0))).toMatchObject({ failure: 'MATRIX_NOT_POSITIVE' });
    expect(secondMoments([])).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(secondMoments([a, Float64Array.of(1)])).toMatchObject({ failure: 'SHAPE_INVALID' });
    const first = new Float64Array(3);
    expect(ewmaCovariance([a, b], { decay: 0.9, first })).toMatchObject({ failure: 'SHAPE_INVALID' });
    expect(ewmaCovariance([a, b], { decay: 1, first })).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
  });
});

describe('clipping eigenvalues', () => {
  it('repairs a matrix that is no correlation, and leaves one that is', () => {
    const broken = Float64Array.of(1, 0.9, 0.7, 0.9, 1, 0.3, 0.7, 0.3, 1);
    const clipped = some(clipCorrelation(broken, 3));
    // Figures of the rescaled clipping of this stress example.
    expect(clipped[1]).toBeCloseTo(0.894024408508599, 12);
    expect(clipped[2]).toBeCloseTo(0.6963190661143918, 12);
    expect(clipped[5]).toBeCloseTo(0.3009690361045915, 12);
    const fine = Float64Array.of(1, 0.5, 0.5, 1);
    some(clipCorrelation(fine, 2)).forEach((x, i) => expect(x).toBeCloseTo(fine[i]!, 14));
  });
});
