import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessFailureProportion } from './coverage.ts';
import { countHits, toHits } from './exceedance.ts';
import { assessConditionalCoverage, assessIndependence, countTransitions } from './independence.ts';
import { given } from './sample.fixture.ts';

describe('independence of hits (BACKTEST-004)', () => {
  it("gives Jorion's 9.53 for 218/14/14/6 and the published 0.25866 (0.61104) for 932/53/53/4", () => {
    const jorion = given(assessIndependence({ calmCalm: 218, calmHit: 14, hitCalm: 14, hitHit: 6 }, 0.05));
    expect(jorion.statistic).toBeCloseTo(9.53, 2);
    expect(jorion).toMatchObject({ hitAfterHit: 0.3, verdict: 'rejected', degreesOfFreedom: 1 });
    const other = given(assessIndependence({ calmCalm: 932, calmHit: 53, hitCalm: 53, hitHit: 4 }, 0.05));
    expect(other.statistic).toBeCloseTo(0.25866, 5);
    expect(other.pValue).toBeCloseTo(0.61104, 5);
  });

  it('is zero where there is no hit, and where every day is one', () => {
    expect(
      given(assessIndependence({ calmCalm: 249, calmHit: 0, hitCalm: 0, hitHit: 0 }, 0.05)),
    ).toMatchObject({ statistic: 0, pValue: 1 });
    expect(
      given(assessIndependence({ calmCalm: 0, calmHit: 0, hitCalm: 0, hitHit: 249 }, 0.05)),
    ).toMatchObject({ statistic: 0, pValue: 1 });
  });

  it('counts every pair of days once', () => {
    expect(countTransitions(given(toHits([1, 2, 4], 6)))).toEqual({
      calmCalm: 1,
      calmHit: 1,
      hitCalm: 2,
      hitHit: 1,
    });
  });

  it('refuses counts that are not whole', () => {
    expect(assessIndependence({ calmCalm: 1, calmHit: -1, hitCalm: 0, hitHit: 0 }, 0.05)).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
  });
});

describe('conditional coverage (BACKTEST-004)', () => {
  it('is coverage plus independence, and splits exactly so over the same pairs', () => {
    const hits = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(hits, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (bits, probability) => {
        const series = Uint8Array.from(bits);
        const { sum, conditionalOnFirst, independence } = given(
          assessConditionalCoverage({ hits: series, probability, level: 0.05 }),
        );
        const all = { observations: series.length, exceptions: countHits(series), probability, level: 0.05 };
        expect(sum.statistic).toBeCloseTo(
          given(assessFailureProportion(all)).statistic! + independence.statistic!,
          9,
        );
        const later = {
          observations: series.length - 1,
          exceptions: countHits(series.slice(1)),
          probability,
          level: 0.05,
        };
        expect(conditionalOnFirst.statistic).toBeCloseTo(
          given(assessFailureProportion(later)).statistic! + independence.statistic!,
          9,
        );
        expect(sum.degreesOfFreedom).toBe(2);
      }),
      { seed: 21, numRuns: 200 },
    );
  });
});
