import { describe, expect, it } from 'vitest';
import { given } from './sample.fixture.ts';
import { assessTailMean } from './tail-mean.ts';

describe('the mean severity of exceedances (BACKTEST-012)', () => {
  it('counts each exceedance by its depth, with mean T·p/2 and variance T·p·(4 − 3p)/12', () => {
    const report = given(assessTailMean({ ranks: [0.01, 0.5, 0.04, 0.9], probability: 0.05, level: 0.05 }));
    expect(report.severitySum).toBeCloseTo(0.8 + 0.2, 13);
    expect(report.mean).toBeCloseTo(0.1, 14);
    expect(report.variance).toBeCloseTo((0.2 * 3.85) / 12, 14);
    expect(report.statistic).toBeCloseTo(0.9 / Math.sqrt(0.77 / 12), 12);
    expect(report.verdict).toBe('rejected');
  });

  it('refuses ranks that are not numbers', () => {
    expect(assessTailMean({ ranks: [NaN], probability: 0.05, level: 0.05 })).toMatchObject({
      failure: 'NUMBER_NOT_FINITE',
    });
  });
});
