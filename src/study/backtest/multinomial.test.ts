import { describe, expect, it } from 'vitest';
import { assessMultinomial, countBreaches, listLevels } from './multinomial.ts';
import { given } from './sample.fixture.ts';

const assess = (counts: readonly number[], confidences: readonly number[]) =>
  given(assessMultinomial({ counts, confidences, level: 0.05 }));
const four = listLevels(0.975, 4);

describe('the multinomial test (BACKTEST-010)', () => {
  it('spaces its levels evenly from the first towards 1', () => {
    expect(listLevels(0.975, 4).map((level) => Number(level.toFixed(6)))).toEqual([
      0.975, 0.98125, 0.9875, 0.99375,
    ]);
  });

  it('agrees with scipy on Pearson, Nass and the likelihood ratio', () => {
    const heavy = assess([960, 8, 10, 9, 13], four);
    expect(heavy.pearson.statistic).toBeCloseTo(11.470769230769204, 9);
    expect(heavy.pearson.pValue).toBeCloseTo(0.021752867301298728, 10);
    expect(heavy.nass.statistic).toBeCloseTo(10.660534444599978, 9);
    expect(heavy.nass.degreesOfFreedom).toBeCloseTo(3.7174610455954946, 9);
    expect(heavy.nass.pValue).toBeCloseTo(0.024874706533649225, 10);
    expect(heavy.likelihoodRatio.statistic).toBeCloseTo(8.974208630275275, 8);
    expect(heavy.likelihoodRatio.pValue).toBeCloseTo(0.011253182345951797, 9);
    expect(assess([478, 5, 1, 2, 14], four).likelihoodRatio.statistic).toBeCloseTo(18.94922791413297, 7);
    expect(assess([230, 12, 8], [0.95, 0.99]).likelihoodRatio.statistic).toBeCloseTo(8.225505626255579, 8);
  });

  it('at one level is the proportion of failures', () => {
    expect(assess([1986, 57], [0.95])).toMatchObject({ likelihoodRatio: { degreesOfFreedom: 1 } });
    expect(assess([1043 - 57, 57], [0.95]).likelihoodRatio.statistic).toBeCloseTo(0.46147, 5);
  });

  it('takes empty cells as limits: no breach at all gives −2·T·ln α', () => {
    expect(assess([250, 0, 0, 0, 0], four).likelihoodRatio.statistic).toBeCloseTo(
      -2 * 250 * Math.log(0.975),
      6,
    );
    expect(assess([0, 0, 0, 0, 250], four).likelihoodRatio.verdict).toBe('rejected');
    expect(assess([0, 250, 0, 0, 0], four).likelihoodRatio.statistic).toBeCloseTo(
      -2 * 250 * Math.log(0.00625),
      3,
    );
  });

  it('counts the levels that each day breached', () => {
    const valueAtRisk = [
      [1, 1, 1, 1],
      [2, 2, 2, 2],
    ];
    expect(countBreaches([0, -1.5, -2.5, -3], valueAtRisk)).toEqual([1, 1, 2]);
  });

  it('refuses counts that do not fit, levels that do not ascend, and no observations', () => {
    expect(assessMultinomial({ counts: [1, 2], confidences: four, level: 0.05 })).toMatchObject({
      failure: 'SHAPE_INVALID',
    });
    expect(assessMultinomial({ counts: [1, 2, 3], confidences: [0.99, 0.98], level: 0.05 })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
    expect(assessMultinomial({ counts: [0, 0], confidences: [0.99], level: 0.05 })).toMatchObject({
      failure: 'HISTORY_TOO_SHORT',
    });
  });
});
