import { describe, expect, it } from 'vitest';
import { assessExceedanceResiduals } from './residual.ts';
import { given } from './sample.fixture.ts';

const input = (losses: readonly number[]) => ({
  pnl: [...losses.map((loss) => -loss), 1, 1],
  valueAtRisk: new Float64Array(losses.length + 2).fill(1),
  expectedShortfall: new Float64Array(losses.length + 2).fill(1.5),
  scale: new Float64Array(losses.length + 2).fill(0.5),
  resamples: 20_000,
  seed: 3,
  level: 0.05,
});

describe('residuals of exceedances (BACKTEST-009)', () => {
  it('are losses beyond shortfall in units of scale, with their t statistic and p-values (scipy: t 1.5, df 2, 0.1362)', () => {
    const report = given(assessExceedanceResiduals(input([1.5, 2, 1.75])));
    expect(report.residuals).toEqual([0, 1, 0.5]);
    expect(report.mean).toBe(0.5);
    expect(report.statistic).toBeCloseTo(Math.sqrt(3), 12);
    expect(report.degreesOfFreedom).toBe(2);
    expect(report.pValueStudent).toBeCloseTo(0.11270166537925833, 12);
    expect(report.pValueNormal).toBeCloseTo(0.04163225833177452, 12);
  });

  it('of two exceedances below shortfall resample to three quarters: half the draws mix, a quarter is +∞', () => {
    const report = given(assessExceedanceResiduals(input([1.2, 1.3])));
    expect(report.statistic).toBeLessThan(0);
    expect(Math.abs(report.pValue! - 0.75)).toBeLessThan(4 * Math.sqrt(0.1875 / 20_000));
  });

  it('do not apply to fewer than two exceedances, nor to equal ones', () => {
    for (const losses of [[], [2], [2, 2, 2]]) {
      expect(given(assessExceedanceResiduals(input(losses)))).toMatchObject({
        verdict: 'not-applicable',
        pValue: null,
        pValueStudent: null,
      });
    }
  });

  it('draw the same resamples for the same seed', () => {
    const losses = [1.2, 2.9, 1.7, 1.4, 2.2];
    expect(assessExceedanceResiduals(input(losses))).toEqual(assessExceedanceResiduals(input(losses)));
  });

  it('refuse a scale that is not positive', () => {
    expect(assessExceedanceResiduals({ ...input([2, 3]), scale: [1, 0, 1, 1] })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
      field: 'scale[1]',
    });
  });
});
