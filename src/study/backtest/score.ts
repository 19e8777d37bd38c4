import { log, pow } from '../../base/elementary.ts';
import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { normalCdf } from '../../base/normal.ts';
import { checkCount, checkPositiveSeries, checkProbability, checkSeries, firstRefusal } from './check.ts';
import { markExceedances } from './exceedance.ts';
import type { TailSeries } from './exceedance.ts';
import { reportNotApplicable, reportResult } from './report.ts';
import type { TestReport } from './report.ts';

type QuantileSeries = Pick<TailSeries, 'pnl' | 'valueAtRisk'>;

/**
 * The pinball loss of each day, (p − 1{x < q})(x − q) with q = −VaR: the proper score of value-at-risk at exceedance probability
 * `probability`, in the unit of the P&L; smaller is better (Koenker and Bassett 1978).
 */
export function scorePinball(series: QuantileSeries, probability: number): Float64Array | Failure {
  const hits = markExceedances(series.pnl, series.valueAtRisk);
  if (isFailure(hits)) return hits;
  const refusal = checkProbability(probability, 'probability');
  if (refusal !== null) return refusal;
  return Float64Array.from(hits, (hit, t) => (probability - hit) * (series.pnl[t]! + series.valueAtRisk[t]!));
}

/**
 * The joint score of value-at-risk and expected shortfall of each day: Fissler and Ziegel's (2016) in the form FZ0 of Patton,
 * Ziegel and Chen (2019), homogeneous of degree zero; smaller is better.
 */
export function scoreTail(series: TailSeries, probability: number): Float64Array | Failure {
  const { pnl, valueAtRisk, expectedShortfall } = series;
  const refusal = firstRefusal([
    checkSeries(pnl, 'pnl', pnl.length),
    checkSeries(valueAtRisk, 'valueAtRisk', pnl.length),
    checkPositiveSeries(expectedShortfall, 'expectedShortfall', pnl.length),
    checkProbability(probability, 'probability'),
  ]);
  if (refusal !== null) return refusal;
  return Float64Array.from({ length: pnl.length }, (_, t) => {
    const shortfall = expectedShortfall[t]!;
    const beyond = Math.max(0, -valueAtRisk[t]! - pnl[t]!);
    return beyond / (probability * shortfall) + valueAtRisk[t]! / shortfall + log(shortfall) - 1;
  });
}

/** Lopez' loss of each day (1999): 1 + (loss − VaR)² on an exceedance, else 0; the excess in the unit of the P&L. */
export function scoreExcessSquare(series: QuantileSeries): Float64Array | Failure {
  const hits = markExceedances(series.pnl, series.valueAtRisk);
  if (isFailure(hits)) return hits;
  return Float64Array.from(hits, (hit, t) => {
    const excess = -series.pnl[t]! - series.valueAtRisk[t]!;
    return hit === 0 ? 0 : 1 + excess * excess;
  });
}

/** Blanco and Ihle's loss of each day (1999): the excess as a fraction of value-at-risk on an exceedance, else 0. */
export function scoreExcessFraction(series: QuantileSeries): Float64Array | Failure {
  const refusal = checkPositiveSeries(series.valueAtRisk, 'valueAtRisk', series.pnl.length);
  const hits = refusal ?? markExceedances(series.pnl, series.valueAtRisk);
  if (isFailure(hits)) return hits;
  return Float64Array.from(hits, (hit, t) => (hit === 0 ? 0 : -series.pnl[t]! / series.valueAtRisk[t]! - 1));
}

/** Newey and West's rule of thumb for the number of lags in `observations` days, ⌊4·(n/100)^(2/9)⌋. */
export function chooseLag(observations: number): number {
  return Math.floor(4 * pow(observations / 100, 2 / 9));
}

export type ScoreDifference = TestReport & {
  /** Mean of the first score less mean of the second; negative says that the first model is better. */
  readonly meanDifference: number;
};

/**
 * Diebold and Mariano's test (1995) that two models have the same expected score (BACKTEST-011): the mean daily difference over its standard error with
 * `lags` autocovariances under Bartlett weights (Newey and West 1987). Two-sided normal; `not-applicable` where the scores never differ.
 */
export function assessScoreDifference(input: {
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
  readonly lags: number;
  readonly level: number;
}): ScoreDifference | Failure {
  const { first, second, lags, level } = input;
  const n = first.length;
  const refusal = firstRefusal([
    checkSeries(first, 'first', n),
    checkSeries(second, 'second', n),
    checkCount(lags, 'lags', { min: 0, max: n - 1 }),
    checkProbability(level, 'level'),
  ]);
  if (refusal !== null) return refusal;
  const difference = Float64Array.from({ length: n }, (_, t) => first[t]! - second[t]!);
  let sum = 0;
  for (const value of difference) sum += value;
  const meanDifference = sum / n;
  const variance = longRunVariance(difference, meanDifference, lags);
  if (!(variance > 0)) return { ...reportNotApplicable(level), meanDifference };
  const statistic = meanDifference / Math.sqrt(variance / n);
  return {
    ...reportResult(
      { statistic, degreesOfFreedom: null, pValue: 2 * normalCdf(-Math.abs(statistic)) },
      level,
    ),
    meanDifference,
  };
}

function longRunVariance(values: Float64Array, mean: number, lags: number): number {
  let total = 0;
  for (let lag = 0; lag <= lags; lag += 1) {
    let sum = 0;
    for (let t = lag; t < values.length; t += 1) sum += (values[t]! - mean) * (values[t - lag]! - mean);
    total += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * (sum / values.length);
  }
  return total;
}
