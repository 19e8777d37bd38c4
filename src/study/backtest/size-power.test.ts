import { describe, expect, it } from 'vitest';
import { binomialPmf } from '../../base/distribution.ts';
import { normalCdf, normalPdf, normalQuantile } from '../../base/normal.ts';
import { makeUniform } from '../../base/random.ts';
import { assessFailureProportion, listAcceptedCounts } from './coverage.ts';
import { assessDurations } from './duration.ts';
import { assessDynamicQuantile } from './dynamic-quantile.ts';
import { countHits } from './exceedance.ts';
import type { Hits } from './exceedance.ts';
import { assessFailureTimes } from './failure-time.ts';
import { assessConditionalCoverage } from './independence.ts';
import { recalibrate, simulateHitLaw } from './law.ts';
import { assessMultinomial, listLevels } from './multinomial.ts';
import { assessRankedShortfall } from './ranked-shortfall.ts';
import type { TestReport } from './report.ts';
import { drawRanks, given, hitsOfRanks, rateError, rejectionRate } from './sample.fixture.ts';
import { assessShortfall, measureShortfall, simulateShortfallNull } from './shortfall.ts';
import { assessTailMean } from './tail-mean.ts';
import { assessTrafficLight } from './traffic-light.ts';
import { assessHistogram, assessNormalScores, assessUniformity } from './uniformity.ts';

const LEVEL = 0.05;
const RUNS = 1000;
/** Four standard errors of a rate of 5 % over the runs. */
const ERROR = 4 * rateError(LEVEL, RUNS);
const P = 0.025;
const AT_RISK = -normalQuantile(P);
const SHORTFALL = normalPdf(AT_RISK) / P;

const pof = (hits: Hits, probability: number): TestReport =>
  given(
    assessFailureProportion({
      observations: hits.length,
      exceptions: countHits(hits),
      probability,
      level: LEVEL,
    }),
  );
const coverage = (hits: Hits, probability: number) =>
  given(assessConditionalCoverage({ hits, probability, level: LEVEL }));
const quantile = (hits: Hits, probability: number): TestReport =>
  given(assessDynamicQuantile({ hits, probability, lags: 4, regressors: [], level: LEVEL }));
const times = (hits: Hits, probability: number) =>
  given(assessFailureTimes({ hits, probability, level: LEVEL }));

const LEVELS = listLevels(1 - P, 4);
const multinomial = (ranks: Float64Array) => {
  const counts = [0, 0, 0, 0, 0];
  for (const rank of ranks) counts[LEVELS.filter((level) => rank < 1 - level).length]! += 1;
  return given(assessMultinomial({ counts, confidences: LEVELS, level: LEVEL }));
};

const LAW = given(
  simulateShortfallNull({
    observations: 250,
    probability: P,
    tail: (_day, u) => -normalQuantile(u) / SHORTFALL,
    paths: 20_000,
    seed: 77,
  }),
);
/** The tests of shortfall on P&L with standard normal forecasts. */
const shortfall = (pnl: Float64Array) => {
  const forecast = { valueAtRisk: pnl.map(() => AT_RISK), expectedShortfall: pnl.map(() => SHORTFALL) };
  return given(assessShortfall(given(measureShortfall({ pnl, ...forecast }, P)), LAW, LEVEL));
};
const ranked = (ranks: Float64Array): TestReport =>
  given(
    assessRankedShortfall({
      ranks,
      quantiles: [normalQuantile],
      probability: P,
      paths: 400,
      seed: 4,
      level: LEVEL,
    }),
  );

describe('a correct model', () => {
  const onRanks: readonly (readonly [string, number, (ranks: Float64Array) => TestReport])[] = [
    ['conditional coverage', 2000, (ranks) => coverage(hitsOfRanks(ranks, 0.05), 0.05).sum],
    [
      'conditional coverage from the first day',
      2000,
      (ranks) => coverage(hitsOfRanks(ranks, 0.05), 0.05).conditionalOnFirst,
    ],
    ['independence', 2000, (ranks) => coverage(hitsOfRanks(ranks, 0.05), 0.05).independence],
    ['the dynamic quantile', 2000, (ranks) => quantile(hitsOfRanks(ranks, 0.05), 0.05)],
    ["Pearson's multinomial", 2000, (ranks) => multinomial(ranks).pearson],
    ["Nass' multinomial", 500, (ranks) => multinomial(ranks).nass],
    ['the multinomial likelihood ratio', 1000, (ranks) => multinomial(ranks).likelihoodRatio],
    ['the mean severity', 2000, (ranks) => given(assessTailMean({ ranks, probability: 0.05, level: LEVEL }))],
    ['Kolmogorov and Smirnov', 500, (ranks) => given(assessUniformity(ranks, LEVEL))],
    ['the histogram', 500, (ranks) => given(assessHistogram({ ranks, bins: 20, level: LEVEL }))],
    ['Berkowitz', 500, (ranks) => given(assessNormalScores(ranks, LEVEL))],
    ['Z1', 250, (ranks) => shortfall(ranks.map(normalQuantile)).conditional],
    ['Z2', 250, (ranks) => shortfall(ranks.map(normalQuantile)).unconditional],
    ['the minimally biased Z', 250, (ranks) => shortfall(ranks.map(normalQuantile)).minimallyBiased],
    ['Z3', 250, ranked],
  ];
  it.each(onRanks)('is rejected by %s as often as the level says', (_name, days, test) => {
    const rate = rejectionRate(
      { runs: RUNS, seed: 101 },
      (draw) => test(drawRanks(days, draw)).verdict === 'rejected',
    );
    expect(Math.abs(rate - LEVEL)).toBeLessThan(ERROR);
  });

  it.each([
    [250, 0.01],
    [500, 0.025],
    [1000, 0.05],
  ])(
    'is rejected by the proportion of failures as the binomial law says (%i days, %d)',
    (days, probability) => {
      const { exceptionsMin, exceptionsMax } = given(
        listAcceptedCounts({ observations: days, probability, level: LEVEL }),
      );
      let accepted = 0;
      for (let x = exceptionsMin!; x <= exceptionsMax!; x += 1) accepted += binomialPmf(x, days, probability);
      const rate = rejectionRate(
        { runs: RUNS, seed: 102 },
        (draw) => pof(hitsOfRanks(drawRanks(days, draw), probability), probability).verdict === 'rejected',
      );
      expect(Math.abs(rate - (1 - accepted))).toBeLessThan(4 * rateError(1 - accepted, RUNS));
    },
  );

  const onHits: readonly (readonly [string, (hits: Hits) => TestReport])[] = [
    ['durations', (hits) => given(assessDurations(hits, LEVEL))],
    ['times between failures', (hits) => times(hits, 0.01).timesBetween],
    ['the mixed test', (hits) => times(hits, 0.01).mixed],
    ['the dynamic quantile', (hits) => quantile(hits, 0.01)],
    ['the proportion of failures', (hits) => pof(hits, 0.01)],
    ['conditional coverage', (hits) => coverage(hits, 0.01).sum],
  ];
  it.each(onHits)(
    'is rejected by %s, recalibrated, no more often than the level says even at 250 days and 1 %',
    (_name, test) => {
      const law = given(
        simulateHitLaw(
          { observations: 250, probability: 0.01, paths: 2000, seed: 55 },
          (hits) => test(hits).statistic,
        ),
      );
      const rate = rejectionRate(
        { runs: RUNS, seed: 103 },
        (draw) => recalibrate(test(hitsOfRanks(drawRanks(250, draw), 0.01)), law).verdict === 'rejected',
      );
      expect(rate).toBeLessThan(LEVEL + ERROR);
    },
  );

  it('is red less than once in five hundred years', () => {
    const rate = rejectionRate({ runs: 5000, seed: 104 }, (draw) => {
      const exceptions = countHits(hitsOfRanks(drawRanks(250, draw), 0.01));
      return given(assessTrafficLight({ observations: 250, confidence: 0.99, exceptions })).zone === 'red';
    });
    expect(rate).toBeLessThan(0.002);
  });
});

/** P&L of a market whose volatility swings between calm and storm, judged by a normal forecast that never updates. */
function swingingRanks(draw: () => number): Float64Array {
  let variance = 1;
  return Float64Array.from({ length: 1000 }, () => {
    const pnl = Math.sqrt(variance) * normalQuantile(draw());
    variance = 0.03 + 0.17 * pnl * pnl + 0.8 * variance;
    return normalCdf(pnl);
  });
}

describe('a bad model', () => {
  const forever = makeUniform(105);
  const swinging = Array.from({ length: 100 }, () => swingingRanks(forever));
  const power = (rejects: (ranks: Float64Array) => TestReport): number =>
    swinging.filter((ranks) => rejects(ranks).verdict === 'rejected').length / swinging.length;

  it('that never updates its volatility is found out by what looks at clusters', () => {
    expect(power((ranks) => quantile(hitsOfRanks(ranks, P), P))).toBeGreaterThan(0.6);
    expect(power((ranks) => coverage(hitsOfRanks(ranks, P), P).sum)).toBeGreaterThan(0.4);
    expect(power((ranks) => given(assessDurations(hitsOfRanks(ranks, P), LEVEL)))).toBeGreaterThan(0.5);
  });

  it('that forecasts 70 % of the true volatility is rejected by nearly every test', () => {
    const narrow = (test: (ranks: Float64Array) => TestReport): number =>
      rejectionRate(
        { runs: 100, seed: 106 },
        (draw) =>
          test(drawRanks(250, draw).map((u) => normalCdf(normalQuantile(u) / 0.7))).verdict === 'rejected',
      );
    expect(narrow((ranks) => pof(hitsOfRanks(ranks, P), P))).toBeGreaterThan(0.9);
    expect(narrow((ranks) => multinomial(ranks).likelihoodRatio)).toBeGreaterThan(0.9);
    expect(narrow((ranks) => given(assessTailMean({ ranks, probability: P, level: LEVEL })))).toBeGreaterThan(
      0.9,
    );
    expect(narrow((ranks) => shortfall(ranks.map(normalQuantile)).unconditional)).toBeGreaterThan(0.9);
    expect(narrow(ranked)).toBeGreaterThan(0.9);
    expect(narrow((ranks) => given(assessNormalScores(ranks, LEVEL)))).toBeGreaterThan(0.9);
  });
});
