import { describe, expect, it } from 'vitest';
import { assessDurations, SHAPE_MAX, toDurations } from './duration.ts';
import { toHits } from './exceedance.ts';
import { given } from './sample.fixture.ts';

const on = (days: readonly number[], observations: number) => given(toHits(days, observations));

describe('durations between hits (BACKTEST-005)', () => {
  it('are cut off at both ends unless the sample begins and ends with a hit', () => {
    expect(toDurations(on([3, 7], 10))).toEqual({ durations: [3, 4, 3], censored: [true, false, true] });
    expect(toDurations(on([1, 7, 10], 10))).toEqual({ durations: [6, 3], censored: [false, false] });
    expect(toDurations(on([], 10))).toEqual({ durations: [], censored: [] });
  });

  it('find the cluster of six days in a row: shape 0.32028, ratio 17.2307 (scipy)', () => {
    const report = given(assessDurations(on([100, 101, 102, 103, 104, 105], 250), 0.05));
    expect(report.shape).toBeCloseTo(0.3202803395, 7);
    expect(report.statistic).toBeCloseTo(17.230656378459415, 10);
    expect(report.logLikelihood).toBeCloseTo(-15.944786837911021, 10);
    expect(report.verdict).toBe('rejected');
  });

  it('run to the upper bound where hits are evenly spaced', () => {
    const days = Array.from({ length: 25 }, (_, i) => 10 * i + 1);
    expect(given(assessDurations(on(days, 250), 0.05))).toMatchObject({
      shape: SHAPE_MAX,
      verdict: 'rejected',
    });
  });

  it('stand at the top of the likelihood: no neighbouring shape does better', () => {
    const report = given(
      assessDurations(on([12, 33, 34, 80, 131, 132, 210, 305, 400, 411, 470, 640], 700), 0.05),
    );
    expect(report.logLikelihood).toBeGreaterThanOrEqual(report.logLikelihoodExponential!);
    const { durations, censored } = report;
    const profile = (shape: number): number => {
      const complete = durations.filter((_, i) => !censored[i]);
      const sum = durations.reduce((s, d) => s + d ** shape, 0);
      const scale = (complete.length / sum) ** (1 / shape);
      const density = complete.reduce((s, d) => s + Math.log(shape * scale ** shape * d ** (shape - 1)), 0);
      return density - durations.reduce((s, d) => s + (scale * d) ** shape, 0);
    };
    expect(profile(report.shape!)).toBeCloseTo(report.logLikelihood!, 10);
    for (const step of [-1e-3, 1e-3])
      expect(profile(report.shape! + step)).toBeLessThan(report.logLikelihood!);
  });

  it('do not apply without a complete duration', () => {
    for (const days of [[], [1], [100], [250]]) {
      expect(given(assessDurations(on(days, 250), 0.05))).toMatchObject({
        verdict: 'not-applicable',
        shape: null,
        pValue: null,
      });
    }
  });
});
