import { describe, expect, it } from 'vitest';
import { log } from '../base/elementary.ts';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { normalPdf } from '../base/normal.ts';
import { studentTPdf } from '../base/distribution.ts';
import { forecastVariances, garchLogLikelihood, garchPersistence, garchVariances } from './garch.ts';
import type { GarchModel } from './garch.ts';
import { ewmaVariances } from './volatility.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

const returns = Float64Array.of(0.4, -1.2, 0.3, 2.1, -0.7);
const model: GarchModel = { mu: 0.1, omega: 0.05, alpha: 0.08, beta: 0.85, gamma: 0.06, nu: null };

describe('a GARCH filter (SCENARIO-031)', () => {
  it('with omega 0 and alpha + beta 1 is the exponentially weighted variance', () => {
    const ewma = { mu: 0, omega: 0, alpha: 0.06, beta: 0.94, gamma: 0, nu: null };
    const own = some(garchVariances(returns, ewma, 1.5));
    const expected = some(ewmaVariances(returns, { decay: 0.94, first: 1.5 }));
    own.forEach((h, i) => expect(h).toBeCloseTo(expected[i]!, 14));
  });

  it('adds gamma after a fall only', () => {
    const [, afterRise, afterFall] = some(garchVariances(returns, model, 1));
    expect(afterRise).toBeCloseTo(0.05 + 0.08 * 0.09 + 0.85, 14);
    expect(afterFall).toBeCloseTo(0.05 + 0.14 * 1.69 + 0.85 * afterRise!, 14);
  });

  it('starts where its convention says', () => {
    const level = returns.reduce((sum, r) => sum + (r - 0.1) * (r - 0.1), 0) / 5;
    expect(some(garchVariances(returns, model, 'sample'))[0]).toBeCloseTo(level, 14);
    expect(some(garchVariances(returns, model, 'presample'))[0]).toBeCloseTo(0.05 + 0.96 * level, 14);
    expect(garchPersistence(model)).toBeCloseTo(0.96, 14);
  });

  it('has the likelihood that the densities give one by one', () => {
    const variances = some(garchVariances(returns, model, 'presample'));
    let normal = 0;
    let t = 0;
    const unit = Math.sqrt(5 / 3);
    returns.forEach((r, i) => {
      const sd = Math.sqrt(variances[i]!);
      normal += log(normalPdf((r - 0.1) / sd) / sd);
      t += log((studentTPdf(((r - 0.1) / sd) * unit, 5) * unit) / sd);
    });
    expect(some(garchLogLikelihood(returns, model, 'presample'))).toBeCloseTo(normal, 11);
    expect(some(garchLogLikelihood(returns, { ...model, nu: 5 }, 'presample'))).toBeCloseTo(t, 11);
    expect(garchLogLikelihood(returns, { ...model, omega: 0, beta: 0, alpha: 0, gamma: 0 }, 0)).toBe(
      -Infinity,
    );
  });

  it('forecasts towards the long run, along the closed form', () => {
    const path = forecastVariances(model, 4, 20);
    const longRun = 0.05 / (1 - 0.96);
    let gap = 4 - longRun;
    path.forEach((h) => {
      expect(h).toBeCloseTo(longRun + gap, 12);
      gap *= 0.96;
    });
    expect([...forecastVariances({ ...model, beta: 0.95 }, 1, 2)]).toEqual([1, 0.05 + 1.06]);
  });

  it('refuses models outside their domain', () => {
    for (const bad of [{ omega: -1 }, { alpha: -0.1 }, { beta: Number.NaN }, { gamma: -0.2 }, { nu: 2 }])
      expect(garchVariances(returns, { ...model, ...bad }, 'sample')).toMatchObject({
        failure: 'NUMBER_OUT_OF_RANGE',
      });
    expect(garchLogLikelihood(new Float64Array(0), model, 'sample')).toMatchObject({
      failure: 'HISTORY_TOO_SHORT',
    });
  });
});
