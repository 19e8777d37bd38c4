import { describe, expect, it } from 'vitest';
import { given } from './sample.fixture.ts';
import { assessHistogram, assessNormalScores, assessUniformity } from './uniformity.ts';

/** Forty multiples of the golden section, bent by a power: the numbers below are scipy's for the same sample. */
const ranks = Float64Array.from({ length: 40 }, (_, i) => (((i + 1) * 0.6180339887498949) % 1) ** 1.3);

describe('uniform ranks (BACKTEST-012)', () => {
  it('are judged by Kolmogorov and Smirnov as in scipy (asymptotic)', () => {
    const report = given(assessUniformity(ranks, 0.05));
    expect(report.statistic).toBeCloseTo(0.11725817007034392, 12);
    expect(report.pValue).toBeCloseTo(0.6413115088406528, 10);
  });

  it('are judged by their histogram as in scipy', () => {
    const report = given(assessHistogram({ ranks, bins: 8, level: 0.05 }));
    expect(report.counts).toEqual([8, 6, 4, 5, 5, 5, 4, 3]);
    expect(report.statistic).toBeCloseTo(3.2, 12);
    expect(report.pValue).toBeCloseTo(0.8659047417360984, 11);
    expect(given(assessHistogram({ ranks: [0, 0.5, 1], bins: 2, level: 0.05 })).counts).toEqual([1, 2]);
  });

  it('are judged by Berkowitz through the likelihood of their normal scores (numpy)', () => {
    const report = given(assessNormalScores(ranks, 0.05));
    expect(report.statistic).toBeCloseTo(7.593425901217714, 9);
    expect(report.pValue).toBeCloseTo(0.05520591363309358, 10);
    expect(report.degreesOfFreedom).toBe(3);
  });

  it('do not apply where all scores are one, and are refused outside [0, 1]', () => {
    expect(given(assessNormalScores(new Float64Array(20).fill(0.3), 0.05)).verdict).toBe('not-applicable');
    expect(assessUniformity([0.2, 1.2], 0.05)).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
      field: 'ranks[1]',
    });
    expect(assessNormalScores([0, 0.5, 0.5, 0.5], 0.05)).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
      field: 'ranks[0]',
    });
    expect(assessNormalScores([0.5, 0.6], 0.05)).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
  });
});
