import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { filterByEwma, filterReturns } from './filtered.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

describe('filtered historical simulation', () => {
  it('scales each return by today’s volatility over that of its own day', () => {
    const filtered = some(filterByEwma(Float64Array.of(0.1, -0.2), { decay: 0.9, first: 0.04 }));
    expect(filtered.standardised[0]).toBeCloseTo(0.5, 14);
    expect(filtered.sigmaNext).toBeCloseTo(Math.sqrt(0.0373), 14);
    expect(filtered.scenarios[0]).toBeCloseTo(0.5 * Math.sqrt(0.0373), 14);
    expect(filtered.scenarios[1]).toBeCloseTo((-0.2 / Math.sqrt(0.037)) * Math.sqrt(0.0373), 14);
  });

  it('changes nothing where volatility never changed', () => {
    const returns = Float64Array.of(0.1, -0.1, -0.1, 0.1);
    const { scenarios } = some(filterByEwma(returns, { decay: 0.94, first: 0.01 }));
    scenarios.forEach((x, i) => expect(x).toBeCloseTo(returns[i]!, 14));
  });

  it('takes a floored volatility, and the forecasts of any model', () => {
    const { scenarios } = some(filterReturns(Float64Array.of(1, -2), Float64Array.of(1, 4, 9), 5));
    expect([...scenarios]).toEqual([5, -5]);
  });

  it('refuses forecasts that are no variances, rather than divide by zero', () => {
    expect(filterByEwma(Float64Array.of(0, 0.1), { decay: 0.9, first: 0 })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
      field: 'variances[0]',
    });
    expect(filterReturns(Float64Array.of(1), Float64Array.of(1), 1)).toMatchObject({
      failure: 'SHAPE_INVALID',
    });
    expect(filterByEwma(Float64Array.of(1), { decay: 2, first: 1 })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
  });
});
