import { log } from '../../base/elementary.ts';
import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { makeUniform } from '../../base/random.ts';
import { checkCount, checkPositiveSeries, checkProbability, checkSeed, firstRefusal } from './check.ts';
import { countHits, markExceedances } from './exceedance.ts';
import type { TailSeries } from './exceedance.ts';
import { shareAtMost } from './law.ts';
import { reportNotApplicable, reportResult } from './report.ts';
import type { TestReport } from './report.ts';

/** Zero is expected of a correct model; negative values say that risk is underestimated. */
export type ShortfallStatistics = {
  readonly exceptions: number;
  /** Z1, the size of exceedances given that they happen; null without one. */
  readonly conditional: number | null;
  /** Z2, size and frequency together. */
  readonly unconditional: number;
  /** The minimally biased statistic (2017), which hardly reacts to errors of value-at-risk. */
  readonly minimallyBiased: number;
};

/**
 * Acerbi and Székely's statistics of expected shortfall at exceedance probability `probability` (BACKTEST-008) (Risk, 2014 and 2017), dimensionless:
 * Z1 = Σ X·h/ES / N + 1, Z2 = Σ X·h/ES / (T·p) + 1, Z_mb = mean(1 − VaR/ES − (X + VaR)⁻/(p·ES)).
 */
export function measureShortfall(series: TailSeries, probability: number): ShortfallStatistics | Failure {
  const { pnl, valueAtRisk, expectedShortfall } = series;
  const hits = markExceedances(pnl, valueAtRisk);
  if (isFailure(hits)) return hits;
  const refusal = firstRefusal([
    checkPositiveSeries(expectedShortfall, 'expectedShortfall', pnl.length),
    checkProbability(probability, 'probability'),
  ]);
  if (refusal !== null) return refusal;
  const observations = hits.length;
  let tail = 0;
  let biased = 0;
  for (let t = 0; t < observations; t += 1) {
    const shortfall = expectedShortfall[t]!;
    const beyond = Math.max(0, -pnl[t]! - valueAtRisk[t]!);
    if (hits[t] === 1) tail += pnl[t]! / shortfall;
    biased += 1 - valueAtRisk[t]! / shortfall - beyond / (probability * shortfall);
  }
  const exceptions = countHits(hits);
  return {
    exceptions,
    conditional: exceptions === 0 ? null : tail / exceptions + 1,
    unconditional: tail / (observations * probability) + 1,
    minimallyBiased: biased / observations,
  };
}

/**
 * The model's own tail: the loss over expected shortfall on `day` (from 0) whose probability of being reached or passed is `u`, for
 * 0 < u ≤ exceedance probability. A model that differs from day to day by scale only ignores `day`.
 */
export type TailModel = (day: number, u: number) => number;

/** Sorted statistics of samples drawn from the model itself; Z1 over those with an exceedance. */
export type ShortfallNull = {
  readonly conditional: Float64Array;
  readonly unconditional: Float64Array;
  readonly minimallyBiased: Float64Array;
};

/**
 * Draws `paths` samples of `observations` days from the model and returns their statistics, sorted. Only the tail is drawn: the days of
 * exceedance by geometric waits, the losses by their conditional quantile. The same seed gives the same bits.
 */
export function simulateShortfallNull(input: {
  readonly observations: number;
  readonly probability: number;
  readonly tail: TailModel;
  readonly paths: number;
  readonly seed: number;
}): ShortfallNull | Failure {
  const { observations, probability, tail, paths, seed } = input;
  const refusal = firstRefusal([
    checkCount(observations, 'observations', { min: 1, max: 1e7 }),
    checkProbability(probability, 'probability'),
    checkCount(paths, 'paths', { min: 1, max: 1e8 }),
    checkSeed(seed),
  ]);
  if (refusal !== null) return refusal;
  const atRisk = Float64Array.from({ length: observations }, (_, day) => tail(day, probability));
  const bias = 1 - atRisk.reduce((sum, ratio) => sum + ratio, 0) / observations;
  const expected = observations * probability;
  const calmLog = log(1 - probability);
  const draw = makeUniform(seed);
  const conditional = new Float64Array(paths);
  const unconditional = new Float64Array(paths);
  const minimallyBiased = new Float64Array(paths);
  let withHits = 0;
  for (let path = 0; path < paths; path += 1) {
    let hits = 0;
    let sum = 0;
    let beyond = 0;
    for (let day = nextHit(0, draw(), calmLog); day < observations; day = nextHit(day + 1, draw(), calmLog)) {
      const ratio = tail(day, probability * draw());
      hits += 1;
      sum += ratio;
      beyond += ratio - atRisk[day]!;
    }
    if (hits > 0) conditional[withHits++] = 1 - sum / hits;
    unconditional[path] = 1 - sum / expected;
    minimallyBiased[path] = bias - beyond / expected;
  }
  return {
    conditional: conditional.slice(0, withHits).sort(),
    unconditional: unconditional.sort(),
    minimallyBiased: minimallyBiased.sort(),
  };
}

/** The first day from `day` on that is hit, given a uniform number in (0, 1): a geometric wait. */
function nextHit(day: number, uniform: number, calmLog: number): number {
  return day + Math.floor(log(uniform) / calmLog);
}

export type ShortfallTests = {
  readonly conditional: TestReport;
  readonly unconditional: TestReport;
  readonly minimallyBiased: TestReport;
};

/** One-sided tests of expected shortfall against the simulated law of a correct model (small values are bad). */
export function assessShortfall(
  statistics: ShortfallStatistics,
  law: ShortfallNull,
  level: number,
): ShortfallTests | Failure {
  const refusal = checkProbability(level, 'level');
  if (refusal !== null) return refusal;
  const against = (statistic: number | null, sample: Float64Array): TestReport => {
    if (statistic === null || sample.length === 0) return reportNotApplicable(level);
    return reportResult({ statistic, degreesOfFreedom: null, pValue: shareAtMost(sample, statistic) }, level);
  };
  return {
    conditional: against(statistics.conditional, law.conditional),
    unconditional: against(statistics.unconditional, law.unconditional),
    minimallyBiased: against(statistics.minimallyBiased, law.minimallyBiased),
  };
}
