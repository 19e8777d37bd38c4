import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { meanSquare } from '../base/moments.ts';
import { ewmaVariances, floorVariance, windowVariance } from './volatility.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

const series = fc
  .array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 2, maxLength: 50 })
  .map((values) => Float64Array.from(values));
const decays = fc.double({ min: 0.5, max: 0.999, noNaN: true });

describe('the exponentially weighted variance (SCENARIO-030)', () => {
  it('forecasts each day before it is known', () => {
    const path = some(ewmaVariances(Float64Array.of(0.1, -0.2), { decay: 0.9, first: 0.04 }));
    expect(path.length).toBe(3);
    expect(path[0]).toBe(0.04);
    expect(path[1]).toBeCloseTo(0.9 * 0.04 + 0.1 * 0.01, 15);
    expect(path[2]).toBeCloseTo(0.9 * path[1]! + 0.1 * 0.04, 15);
  });

  it('does not look ahead: a later return changes no earlier forecast', () => {
    fc.assert(
      fc.property(series, decays, (returns, decay) => {
        const changed = Float64Array.from(returns);
        changed[changed.length - 1] = 9;
        const a = some(ewmaVariances(returns, { decay, first: 0.01 }));
        const b = some(ewmaVariances(changed, { decay, first: 0.01 }));
        expect(b.slice(0, returns.length)).toEqual(a.slice(0, returns.length));
      }),
      { seed: 61 },
    );
  });

  it('equals the normalised window over the whole series when it starts at the forecast that the window gives', () => {
    fc.assert(
      fc.property(series, decays, (returns, decay) => {
        const window = some(windowVariance(returns, { decay, count: returns.length }));
        const path = some(ewmaVariances(returns, { decay, first: window }));
        expect(path[returns.length]).toBeCloseTo(window, 12);
      }),
      { seed: 62 },
    );
  });

  it('does not fall below the floor from the long run', () => {
    const history = Float64Array.of(0.1, -0.1, 0.1, -0.1);
    expect(floorVariance(0.0001, history, 0.5)).toBeCloseTo(0.0025, 15);
    expect(floorVariance(0.09, history, 0.5)).toBe(0.09);
    expect(floorVariance(0.0001, history, 0)).toBe(0.0001);
    expect(meanSquare(history)).toBeCloseTo(0.01, 15);
  });

  it('refuses a decay outside (0, 1), a negative start, and returns that are none', () => {
    const returns = Float64Array.of(0.01);
    const out = { failure: 'NUMBER_OUT_OF_RANGE' };
    for (const decay of [0, 1, Number.NaN])
      expect(ewmaVariances(returns, { decay, first: 1 })).toMatchObject(out);
    expect(ewmaVariances(returns, { decay: 0.9, first: -1 })).toMatchObject(out);
    expect(ewmaVariances(new Float64Array(0), { decay: 0.9, first: 1 })).toMatchObject({
      failure: 'HISTORY_TOO_SHORT',
    });
    expect(ewmaVariances(Float64Array.of(Infinity), { decay: 0.9, first: 1 })).toMatchObject({
      failure: 'NUMBER_NOT_FINITE',
    });
    expect(windowVariance(returns, { decay: 0.9, count: 2 })).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
  });
});
