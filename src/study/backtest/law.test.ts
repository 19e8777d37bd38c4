import { describe, expect, it } from 'vitest';
import { binomialPmf } from '../../base/distribution.ts';
import { countHits } from './exceedance.ts';
import { recalibrate, shareAtMost, simulateHitLaw } from './law.ts';
import { reportChiSquare, reportNotApplicable } from './report.ts';
import { given } from './sample.fixture.ts';

const input = { observations: 100, probability: 0.05, paths: 20_000, seed: 5 };

describe('the simulated law of a statistic', () => {
  it('of the number of hits is binomial', () => {
    const law = given(simulateHitLaw(input, countHits));
    let atMost = 0;
    for (let x = 0; x <= 10; x += 1) {
      atMost += binomialPmf(x, 100, 0.05);
      expect(Math.abs(shareAtMost(law, x) - atMost)).toBeLessThan(
        4 * Math.sqrt((atMost * (1 - atMost)) / 20_000),
      );
    }
  });

  it('is the same to the bit for the same seed, and another for another', () => {
    const law = given(simulateHitLaw({ ...input, paths: 200 }, countHits));
    expect(given(simulateHitLaw({ ...input, paths: 200 }, countHits))).toEqual(law);
    expect(given(simulateHitLaw({ ...input, paths: 200, seed: 6 }, countHits))).not.toEqual(law);
  });

  it('leaves out series to which the test does not apply', () => {
    expect(given(simulateHitLaw(input, () => null))).toHaveLength(0);
  });

  it('gives a report the share of draws that reach its statistic, ties included (BACKTEST-013)', () => {
    const report = reportChiSquare(3, 1, 0.05);
    expect(recalibrate(report, Float64Array.of(1, 2, 3, 3, 4))).toEqual({
      statistic: 3,
      degreesOfFreedom: null,
      pValue: 4 / 6,
      verdict: 'accepted',
      level: 0.05,
    });
    expect(recalibrate(report, new Float64Array(99)).verdict).toBe('rejected');
    expect(recalibrate(reportNotApplicable(0.05), Float64Array.of(1))).toEqual(reportNotApplicable(0.05));
  });

  it('refuses seeds that are not whole', () => {
    expect(simulateHitLaw({ ...input, seed: 0.5 }, countHits)).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
      field: 'seed',
    });
  });
});
