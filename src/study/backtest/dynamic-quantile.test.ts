import { describe, expect, it } from 'vitest';
import { makeUniform } from '../../base/random.ts';
import { assessDynamicQuantile } from './dynamic-quantile.ts';
import { toHits } from './exceedance.ts';
import { given } from './sample.fixture.ts';

const hits = given(toHits([3, 4, 9, 20, 21, 22, 40], 60));
const draw = makeUniform(3);
const valueAtRisk = Float64Array.from({ length: 60 }, () => 0.02 + 0.01 * draw());
const base = { hits, probability: 0.05, lags: 2, level: 0.05 };

describe('the dynamic quantile test (BACKTEST-006)', () => {
  it('with a constant alone is the squared score of the mean', () => {
    const report = given(assessDynamicQuantile({ ...base, lags: 0, regressors: [] }));
    expect(report.statistic).toBeCloseTo((7 - 60 * 0.05) ** 2 / (60 * 0.05 * 0.95), 12);
    expect(report).toMatchObject({ degreesOfFreedom: 1, observationsUsed: 60 });
  });

  it('does not depend on the unit or the origin of a regressor', () => {
    const plain = given(assessDynamicQuantile({ ...base, regressors: [{ values: valueAtRisk, lag: 0 }] }));
    const moved = valueAtRisk.map((x) => 5 - 1e4 * x);
    const other = given(assessDynamicQuantile({ ...base, regressors: [{ values: moved, lag: 0 }] }));
    expect(other.statistic).toBeCloseTo(plain.statistic!, 8);
    expect(plain).toMatchObject({ degreesOfFreedom: 4, observationsUsed: 58 });
  });

  it('drops columns that repeat others, instead of dividing by zero: without hits one degree of freedom is left', () => {
    const calm = given(assessDynamicQuantile({ ...base, hits: new Uint8Array(60), regressors: [] }));
    expect(calm.statistic).toBeCloseTo((58 * 0.05) / 0.95, 10);
    expect(calm.degreesOfFreedom).toBe(1);
    const twice = { values: valueAtRisk, lag: 0 };
    expect(given(assessDynamicQuantile({ ...base, regressors: [twice, twice] })).degreesOfFreedom).toBe(4);
  });

  it('refuses a sample that is shorter than its regressors, and lags that reach back too far', () => {
    const short = given(toHits([1], 5));
    expect(assessDynamicQuantile({ ...base, hits: short, regressors: [] })).toMatchObject({
      failure: 'HISTORY_TOO_SHORT',
    });
    expect(assessDynamicQuantile({ ...base, regressors: [{ values: valueAtRisk, lag: 3 }] })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
  });
});
