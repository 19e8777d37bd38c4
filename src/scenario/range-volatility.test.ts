import { describe, expect, it } from 'vitest';
import { exp } from '../base/elementary.ts';
import { isFailure } from '../base/failure.ts';
import { drawNormal, makeUniform } from '../base/random.ts';
import { rangeVariance } from './range-volatility.ts';
import type { PriceBar, RangeEstimator } from './range-volatility.ts';

function variance(bars: readonly PriceBar[], estimator: RangeEstimator): number {
  const value = rangeVariance(bars, estimator);
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

/** A walk without drift, 400 steps a day, daily volatility 2 %, no gap overnight. */
function walk(days: number): readonly PriceBar[] {
  const draw = makeUniform(9);
  let price = 100;
  return Array.from({ length: days }, () => {
    const open = price;
    let [high, low] = [open, open];
    for (let step = 0; step < 400; step++) {
      price *= exp((0.02 / 20) * drawNormal(draw));
      high = Math.max(high, price);
      low = Math.min(low, price);
    }
    return { open, high, low, close: price };
  });
}

describe('range estimators (SCENARIO-032)', () => {
  it('are the published formulas on one bar', () => {
    const bar = { open: 1, high: exp(0.03), low: exp(-0.01), close: exp(0.02) };
    expect(variance([bar], 'parkinson')).toBeCloseTo(0.0016 / (4 * 0.6931471805599453), 15);
    expect(variance([bar], 'garman-klass')).toBeCloseTo(0.0008 - 0.3862943611198906 * 0.0004, 15);
    expect(variance([bar], 'rogers-satchell')).toBeCloseTo(0.01 * 0.03 + 0.03 * 0.01, 15);
  });

  it('use the closes alone, about the mean or about zero', () => {
    const flat = (close: number): PriceBar => ({ open: close, high: close, low: close, close });
    const bars = [1, exp(0.01), exp(0.04)].map(flat);
    expect(variance(bars, 'close')).toBeCloseTo(0.0002, 15);
    expect(variance(bars, 'close-mean0')).toBeCloseTo(0.001, 15);
    expect(variance(bars, 'parkinson')).toBe(0);
    expect(variance(bars, 'garman-klass-overnight')).toBeCloseTo(0.0005, 15);
  });

  it('find the volatility of a walk, a little below it for what happens between the steps', () => {
    const bars = walk(400);
    for (const estimator of [
      'close',
      'parkinson',
      'garman-klass',
      'rogers-satchell',
      'yang-zhang',
    ] as const) {
      const relative = Math.sqrt(variance(bars, estimator)) / 0.02;
      // Four standard errors of the closes alone, 1/√800 each; the ranges are nearer but miss what happens between steps.
      const allowed = estimator === 'close' ? 0.141 : 0.09;
      expect(Math.abs(relative - 1)).toBeLessThan(allowed);
    }
  });

  it('refuse too few bars and bars that contradict themselves', () => {
    const bar = { open: 1, high: 2, low: 0.5, close: 1 };
    expect(rangeVariance([bar, bar], 'yang-zhang')).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(rangeVariance([], 'parkinson')).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    for (const bad of [{ high: 0.9 }, { low: 1.1 }, { low: 0 }, { close: Number.NaN }])
      expect(rangeVariance([{ ...bar, ...bad }], 'parkinson')).toMatchObject({
        failure: 'NUMBER_OUT_OF_RANGE',
      });
  });
});
