import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { parseLevel } from '../base/level.ts';
import { drawNormal, makeUniform } from '../base/random.ts';
import { deltaGammaTail, quadraticMoments } from './delta-gamma.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

const at99 = some(parseLevel('0.99', 'level'));

describe('a quadratic P&L in normal factors (TAIL-013)', () => {
  it('has, in one factor, the moments of a shifted chi-square', () => {
    // 3x + ½·4·x², x with variance 2: mean ½·4·2, variance 9·2 + ½·(4·2)².
    const book = { delta: Float64Array.of(3), gamma: Float64Array.of(4), covariance: Float64Array.of(2) };
    expect(quadraticMoments(book)).toEqual({ mean: 4, variance: 50 });
    const { valueAtRisk } = some(deltaGammaTail(book, at99));
    expect(valueAtRisk).toBeCloseTo(2.3263478740408408 * Math.sqrt(50) - 4, 12);
  });

  it('has, in two factors, the moments that a simulation finds', () => {
    const book = {
      delta: Float64Array.of(1, -2),
      gamma: Float64Array.of(0.5, -0.3, -0.3, 0.8),
      covariance: Float64Array.of(1, 0.6, 0.6, 2),
    };
    const exact = some(quadraticMoments(book));
    const draw = makeUniform(7);
    const n = 200_000;
    let first = 0;
    let second = 0;
    for (let s = 0; s < n; s++) {
      const z = drawNormal(draw);
      const x = z;
      const y = 0.6 * z + Math.sqrt(1.64) * drawNormal(draw);
      const pnl = x - 2 * y + 0.25 * x * x - 0.3 * x * y + 0.4 * y * y;
      first += pnl;
      second += pnl * pnl;
    }
    expect(first / n).toBeCloseTo(exact.mean, 1);
    expect((second / n - (first / n) * (first / n)) / exact.variance).toBeCloseTo(1, 1);
  });

  it('without gamma is the linear book, and without factors nothing', () => {
    const linear = {
      delta: Float64Array.of(2, 1),
      gamma: new Float64Array(4),
      covariance: Float64Array.of(1, 0, 0, 4),
    };
    expect(quadraticMoments(linear)).toEqual({ mean: 0, variance: 8 });
    const none = new Float64Array(0);
    const empty = some(deltaGammaTail({ delta: none, gamma: none, covariance: none }, at99));
    expect(empty).toEqual({ valueAtRisk: 0, expectedShortfall: 0 });
  });

  it('refuses matrices of another size and numbers that are none', () => {
    const delta = Float64Array.of(1, 2);
    const four = new Float64Array(4);
    expect(quadraticMoments({ delta, gamma: new Float64Array(3), covariance: four })).toMatchObject({
      failure: 'SHAPE_INVALID',
    });
    const bad = { delta, gamma: four, covariance: Float64Array.of(1, 0, 0, Number.NaN) };
    expect(deltaGammaTail(bad, at99)).toMatchObject({ failure: 'NUMBER_NOT_FINITE' });
  });
});
