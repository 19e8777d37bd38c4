import { describe, expect, it } from 'vitest';
import { log } from '../../base/elementary.ts';
import { assessFailureProportion } from './coverage.ts';
import { toHits } from './exceedance.ts';
import { assessFailureTimes, assessFirstFailure } from './failure-time.ts';
import { given } from './sample.fixture.ts';

const on = (days: readonly number[], observations: number) => given(toHits(days, observations));
const first = (days: readonly number[], observations: number, probability: number) =>
  given(assessFirstFailure({ hits: on(days, observations), probability, level: 0.05 }));

describe('the time until first failure (BACKTEST-003)', () => {
  it('on day 58 at 5 % gives the published 1.7354 and 0.18773', () => {
    const report = first([58, 60], 250, 0.05);
    expect(report.statistic).toBeCloseTo(1.7354, 4);
    expect(report.pValue).toBeCloseTo(0.18773, 5);
    expect(report.firstFailureDay).toBe(58);
  });

  it('on the first day is the limit −2·ln p, and on day 1/p it is zero', () => {
    expect(first([1], 250, 0.01).statistic).toBeCloseTo(-2 * log(0.01), 12);
    expect(first([40], 250, 0.025)).toMatchObject({ statistic: 0, pValue: 1 });
  });

  it('without a failure counts the wait as one day more than the sample, and judges only where that is long', () => {
    expect(first([], 250, 0.01).statistic).toBeCloseTo(1.1885917856946087, 12);
    expect(first([], 250, 0.01).verdict).toBe('accepted');
    expect(first([], 2000, 0.01).verdict).toBe('rejected');
    expect(first([], 5, 0.01)).toMatchObject({ verdict: 'not-applicable', firstFailureDay: null });
  });
});

describe('the times between failures (BACKTEST-005)', () => {
  const times = (days: readonly number[], observations: number, probability: number) =>
    given(assessFailureTimes({ hits: on(days, observations), probability, level: 0.05 }));

  it('sum the same term over every wait, one degree of freedom each, and add the proportion for the mixed test', () => {
    const { waits, ratios, timesBetween, mixed } = times([100, 101, 102], 250, 0.01);
    expect(waits).toEqual([100, 1, 1]);
    expect(timesBetween.statistic).toBeCloseTo(ratios[0]! + ratios[1]! + ratios[2]!, 12);
    const proportion = given(
      assessFailureProportion({ observations: 250, exceptions: 3, probability: 0.01, level: 0.05 }),
    );
    expect(mixed.statistic).toBeCloseTo(timesBetween.statistic! + proportion.statistic!, 12);
    expect(timesBetween).toMatchObject({ degreesOfFreedom: 3, verdict: 'rejected' });
    expect(mixed.degreesOfFreedom).toBe(4);
  });

  it('do not apply where nothing failed', () => {
    const { timesBetween, mixed } = times([], 250, 0.01);
    const none = {
      statistic: null,
      degreesOfFreedom: null,
      pValue: null,
      verdict: 'not-applicable',
      level: 0.05,
    };
    expect(timesBetween).toEqual(none);
    expect(mixed).toEqual(none);
  });
});
