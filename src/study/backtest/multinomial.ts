import { chiSquareSurvival } from '../../base/distribution.ts';
import { exp, log } from '../../base/elementary.ts';
import { isFailure, refuse } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { minimise } from '../../base/minimise.ts';
import { normalCdf, normalQuantile } from '../../base/normal.ts';
import { checkCount, checkProbability, firstRefusal } from './check.ts';
import { markExceedances } from './exceedance.ts';
import { bernoulliRatio } from './likelihood.ts';
import { reportChiSquare, reportResult } from './report.ts';
import type { TestReport } from './report.ts';

/** The N equally spaced levels from `confidence` up that together stand for expected shortfall: α + (j−1)/N·(1−α). */
export function listLevels(confidence: number, count: number): number[] {
  return Array.from({ length: count }, (_, j) => confidence + (j / count) * (1 - confidence));
}

/**
 * How many days went beyond exactly 0, 1, … N of the value-at-risk forecasts; `valueAtRisk` holds one series a level, levels ascending.
 */
export function countBreaches(
  pnl: ArrayLike<number>,
  valueAtRisk: readonly ArrayLike<number>[],
): number[] | Failure {
  const breaches = new Int32Array(pnl.length);
  for (const series of valueAtRisk) {
    const hits = markExceedances(pnl, series);
    if (isFailure(hits)) return hits;
    for (let t = 0; t < hits.length; t += 1) breaches[t]! += hits[t]!;
  }
  const counts = Array.from({ length: valueAtRisk.length + 1 }, () => 0);
  for (const breach of breaches) counts[breach]! += 1;
  return counts;
}

export type Multinomial = {
  /** Pearson's χ² with N degrees of freedom. */
  readonly pearson: TestReport;
  /** Nass' correction, which keeps its size with many levels; degrees of freedom need not be whole. */
  readonly nass: TestReport;
  /** Likelihood ratio against a normal distortion (μ, σ) of the forecast; 2 degrees of freedom, 1 at a single level. */
  readonly likelihoodRatio: TestReport;
};

/**
 * Kratz, Lok and McNeil's multinomial test of value-at-risk at several levels at once (2018) (BACKTEST-010), an implicit test of expected
 * shortfall. `counts[j]` days breached exactly j of the N ascending `confidences`.
 */
export function assessMultinomial(input: {
  readonly counts: readonly number[];
  readonly confidences: readonly number[];
  readonly level: number;
}): Multinomial | Failure {
  const { counts, confidences, level } = input;
  const refusal = checkInput(input);
  if (refusal !== null) return refusal;
  const bounds = [0, ...confidences, 1];
  const shares = counts.map((_, j) => bounds[j + 1]! - bounds[j]!);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const freedom = confidences.length;
  let pearson = 0;
  let reciprocals = 0;
  for (const [j, share] of shares.entries()) {
    const excess = counts[j]! - total * share;
    pearson += (excess * excess) / (total * share);
    reciprocals += 1 / share;
  }
  const variance = 2 * freedom - (freedom * freedom + 4 * freedom + 1) / total + reciprocals / total;
  const scale = (2 * freedom) / variance;
  const nassFreedom = scale * freedom;
  const nass = {
    statistic: scale * pearson,
    degreesOfFreedom: nassFreedom,
    pValue: chiSquareSurvival(scale * pearson, nassFreedom),
  };
  const ratio =
    freedom === 1
      ? bernoulliRatio(counts[1]!, total, shares[1]!)
      : distortionRatio(counts, confidences, shares);
  return {
    pearson: reportChiSquare(pearson, freedom, level),
    nass: reportResult(nass, level),
    likelihoodRatio: reportChiSquare(ratio, Math.min(2, freedom), level),
  };
}

function checkInput(input: {
  counts: readonly number[];
  confidences: readonly number[];
  level: number;
}): Failure | null {
  const { counts, confidences, level } = input;
  if (confidences.length < 1 || counts.length !== confidences.length + 1) {
    const expected = 'one more count than confidences, and at least one of these';
    return refuse('SHAPE_INVALID', { field: 'counts', value: counts.length, expected });
  }
  const refusal = firstRefusal([
    ...counts.map((count, j) => checkCount(count, `counts[${j}]`, { min: 0, max: 1e9 })),
    ...confidences.map((confidence, j) => checkProbability(confidence, `confidences[${j}]`)),
    checkProbability(level, 'level'),
  ]);
  if (refusal !== null) return refusal;
  if (counts.every((count) => count === 0))
    return refuse('HISTORY_TOO_SHORT', { field: 'counts', value: 0, expected: 'at least 1 observation' });
  const fallen = confidences.findIndex((confidence, j) => j > 0 && confidence <= confidences[j - 1]!);
  if (fallen < 0) return null;
  return refuse('NUMBER_OUT_OF_RANGE', {
    field: `confidences[${fallen}]`,
    value: confidences[fallen],
    expected: 'ascending levels',
  });
}

/** Spread of the log-likelihood at which its maximum counts as found. */
const SPREAD = 1e-13;

/**
 * Twice the log-likelihood ratio of the best distortion: cell j has probability Φ((c_{j+1} − μ)/σ) − Φ((c_j − μ)/σ), where Φ(c) are
 * the levels; μ = 0, σ = 1 is the model. Searched over (μ, ln σ) from there, so that it is never negative; where the best lies at
 * infinity (all days in one cell, say) the search stops where nothing more is gained.
 */
function distortionRatio(
  counts: readonly number[],
  confidences: readonly number[],
  shares: readonly number[],
): number {
  const cuts = [-Infinity, ...confidences.map(normalQuantile), Infinity];
  const lost = (at: Float64Array): number => {
    const sigma = exp(at[1]!);
    let sum = 0;
    for (const [j, count] of counts.entries()) {
      if (count === 0) continue;
      sum -=
        count * log(massBetween((cuts[j]! - at[0]!) / sigma, (cuts[j + 1]! - at[0]!) / sigma) / shares[j]!);
    }
    return sum;
  };
  const options = { steps: Float64Array.of(0.5, 0.5), spread: SPREAD, width: 1e-8, evaluationsMax: 20_000 };
  return Math.max(0, -2 * minimise(lost, new Float64Array(2), options).value);
}

/** Probability that a standard normal falls between two points, from whichever tail is the smaller. */
function massBetween(lower: number, upper: number): number {
  return lower > 0 ? normalCdf(-lower) - normalCdf(-upper) : normalCdf(upper) - normalCdf(lower);
}
