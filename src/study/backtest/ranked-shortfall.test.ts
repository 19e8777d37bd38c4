import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../base/normal.ts';
import { makeUniform } from '../../base/random.ts';
import { assessRankedShortfall } from './ranked-shortfall.ts';
import { drawRanks, given } from './sample.fixture.ts';

const ranks = drawRanks(250, makeUniform(8));
const base = { ranks, quantiles: [normalQuantile], probability: 0.025, paths: 2000, seed: 2, level: 0.05 };

describe('expected shortfall from ranks (BACKTEST-008)', () => {
  it('sets the mean of the worst six against its expectation −2.3195836465 (scipy, T = 250)', () => {
    const worst = ranks.slice().sort().slice(0, 6);
    const mean = worst.reduce((sum, u) => sum + normalQuantile(u), 0) / 6;
    expect(given(assessRankedShortfall(base)).statistic).toBeCloseTo(1 - mean / -2.3195836465252317, 6);
  });

  it('is the same whether a scale is given for every day or left out', () => {
    const daily = Array.from({ length: 250 }, (_, day) => (u: number) => (1 + day) * normalQuantile(u));
    const each = given(assessRankedShortfall({ ...base, quantiles: daily, paths: 50 }));
    expect(each.statistic).toBeCloseTo(given(assessRankedShortfall({ ...base, paths: 50 })).statistic!, 10);
  });

  it('takes a forecast that is a list of outcomes', () => {
    const outcomes = Float64Array.from({ length: 1000 }, (_, i) => normalQuantile((i + 0.5) / 1000));
    const quantile = (u: number): number => outcomes[Math.floor(u * 1000)]!;
    const report = given(assessRankedShortfall({ ...base, quantiles: [quantile] }));
    expect(report.statistic).toBeCloseTo(given(assessRankedShortfall(base)).statistic!, 1);
  });

  it('rejects ranks from a tail twice as wide, with a negative statistic', () => {
    const wide = ranks.map((u) => (u < 0.1 ? u / 8 : u));
    const report = given(assessRankedShortfall({ ...base, ranks: wide }));
    expect(report.statistic).toBeLessThan(0);
    expect(report.verdict).toBe('rejected');
  });

  it('does not apply to a sample without a worst day, and refuses ranks of 0 or 1', () => {
    expect(given(assessRankedShortfall({ ...base, ranks: ranks.slice(0, 30) })).verdict).toBe(
      'not-applicable',
    );
    expect(assessRankedShortfall({ ...base, ranks: [0, 0.5] })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
      field: 'ranks[0]',
    });
    expect(assessRankedShortfall({ ...base, quantiles: [] })).toMatchObject({ failure: 'SHAPE_INVALID' });
  });
});
