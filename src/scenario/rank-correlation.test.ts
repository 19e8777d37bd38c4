import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp } from '../base/elementary.ts';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { averageRanks, kendallTau, spearmanRho } from './rank-correlation.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

describe('rank correlation', () => {
  it('shares ranks among ties', () => {
    expect([...averageRanks(Float64Array.of(3, 1, 3, 2, 3))]).toEqual([4, 1, 4, 2, 4]);
  });

  it('is that of scipy, ties included', () => {
    // The example in the documentation of scipy.stats.kendalltau; Spearman worked by hand: −5/√(9·9.5).
    const x = Float64Array.of(12, 2, 1, 12, 2);
    const y = Float64Array.of(1, 4, 7, 1, 0);
    expect(some(kendallTau([x, y]))[1]).toBeCloseTo(-0.4714045207910316, 14);
    expect(some(spearmanRho([x, y]))[1]).toBeCloseTo(-5 / Math.sqrt(85.5), 14);
  });

  it('sees order only: a rising transformation changes nothing', () => {
    const values = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 8, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (p, q) => {
        const n = Math.min(p.length, q.length);
        const [x, y] = [Float64Array.from(p.slice(0, n)), Float64Array.from(q.slice(0, n))];
        if (new Set(x).size < 2 || new Set(y).size < 2) return;
        const bent = x.map((v) => exp(v / 10));
        expect(some(kendallTau([bent, y]))).toEqual(some(kendallTau([x, y])));
        expect(some(spearmanRho([bent, y]))).toEqual(some(spearmanRho([x, y])));
      }),
      { seed: 71 },
    );
  });

  it('refuses a series that never moves', () => {
    const flat = Float64Array.of(1, 1, 1);
    expect(kendallTau([flat, Float64Array.of(1, 2, 3)])).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(spearmanRho([flat, Float64Array.of(1, 2, 3)])).toMatchObject({ failure: 'MATRIX_NOT_POSITIVE' });
  });
});
