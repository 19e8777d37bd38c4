import { describe, expect, it } from 'vitest';
import { normalPdf, normalQuantile } from '../../base/normal.ts';
import { makeUniform } from '../../base/random.ts';
import { drawRanks, given } from './sample.fixture.ts';
import {
  assessScoreDifference,
  chooseLag,
  scoreExcessFraction,
  scoreExcessSquare,
  scorePinball,
  scoreTail,
} from './score.ts';

const P = 0.025;
const pnl = drawRanks(20_000, makeUniform(17)).map(normalQuantile);
const forecast = (valueAtRisk: number, expectedShortfall: number) => ({
  pnl,
  valueAtRisk: new Float64Array(pnl.length).fill(valueAtRisk),
  expectedShortfall: new Float64Array(pnl.length).fill(expectedShortfall),
});
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const AT_RISK = -normalQuantile(P);
const SHORTFALL = normalPdf(AT_RISK) / P;

describe('scores (BACKTEST-011)', () => {
  it('of single days follow their formulas', () => {
    const day = { pnl: [-3, 1], valueAtRisk: [2, 2], expectedShortfall: [2.5, 2.5] };
    expect([...given(scorePinball(day, 0.1))]).toEqual([0.9, expect.closeTo(0.3, 14)]);
    expect(given(scoreTail(day, 0.1))[0]).toBeCloseTo(1 / 0.25 + 0.8 + Math.log(2.5) - 1, 13);
    expect(given(scoreTail(day, 0.1))[1]).toBeCloseTo(0.8 + Math.log(2.5) - 1, 13);
    expect([...given(scoreExcessSquare(day))]).toEqual([2, 0]);
    expect([...given(scoreExcessFraction(day))]).toEqual([0.5, 0]);
  });

  it('are best at the truth: a wrong forecast in either direction scores worse', () => {
    const truth = forecast(AT_RISK, SHORTFALL);
    for (const factor of [0.8, 1.25]) {
      const wrong = forecast(factor * AT_RISK, factor * SHORTFALL);
      expect(mean(given(scorePinball(wrong, P)))).toBeGreaterThan(mean(given(scorePinball(truth, P))));
      expect(mean(given(scoreTail(wrong, P)))).toBeGreaterThan(mean(given(scoreTail(truth, P))));
    }
    const flat = forecast(AT_RISK, 1.3 * SHORTFALL);
    expect(mean(given(scoreTail(flat, P)))).toBeGreaterThan(mean(given(scoreTail(truth, P))));
  });

  it('of the joint kind differ between units of money by a constant only', () => {
    const cents = {
      pnl: pnl.map((x) => 100 * x),
      valueAtRisk: [...pnl].map(() => 100 * AT_RISK),
      expectedShortfall: [...pnl].map(() => 100 * SHORTFALL),
    };
    const inCents = given(scoreTail(cents, P));
    const inDollars = given(scoreTail(forecast(AT_RISK, SHORTFALL), P));
    expect(inCents[5]! - inDollars[5]!).toBeCloseTo(Math.log(100), 11);
    expect(inCents[99]! - inDollars[99]!).toBeCloseTo(Math.log(100), 11);
  });
});

describe('the difference of two scores (BACKTEST-011)', () => {
  const first = Float64Array.from({ length: 100 }, (_, i) => (((i + 1) * 7919) % 101) / 101);
  const second = Float64Array.from({ length: 100 }, (_, i) => (((i + 1) * 104_729) % 103) / 103 + 0.05);

  it('agrees with numpy at four lags', () => {
    const report = given(assessScoreDifference({ first, second, lags: 4, level: 0.05 }));
    expect(report.meanDifference).toBeCloseTo(-0.053592233009708765, 13);
    expect(report.statistic).toBeCloseTo(-3.091549927859506, 9);
    expect(report.pValue).toBeCloseTo(0.001991144940777378, 11);
    expect(chooseLag(100)).toBe(4);
    expect(chooseLag(250)).toBe(4);
    expect(chooseLag(1000)).toBe(6);
  });

  it('turns its sign with the order, and does not apply to a model against itself', () => {
    const forth = given(assessScoreDifference({ first, second, lags: 2, level: 0.05 }));
    const back = given(assessScoreDifference({ first: second, second: first, lags: 2, level: 0.05 }));
    expect(back.statistic).toBeCloseTo(-forth.statistic!, 12);
    expect(given(assessScoreDifference({ first, second: first, lags: 2, level: 0.05 })).verdict).toBe(
      'not-applicable',
    );
  });

  it('refuses more lags than days', () => {
    expect(assessScoreDifference({ first, second, lags: 100, level: 0.05 })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
      field: 'lags',
    });
  });
});
