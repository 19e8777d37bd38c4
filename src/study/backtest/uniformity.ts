import { kolmogorovSurvival } from '../../base/distribution.ts';
import { log } from '../../base/elementary.ts';
import { refuse } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { normalQuantile } from '../../base/normal.ts';
import { checkCount, checkProbability, checkSeries, firstRefusal } from './check.ts';
import { reportChiSquare, reportNotApplicable, reportResult } from './report.ts';
import type { TestReport } from './report.ts';

function checkRanks(ranks: ArrayLike<number>, level: number): Failure | null {
  const refusal = firstRefusal([checkSeries(ranks, 'ranks', ranks.length), checkProbability(level, 'level')]);
  if (refusal !== null) return refusal;
  for (let t = 0; t < ranks.length; t += 1) {
    if (ranks[t]! >= 0 && ranks[t]! <= 1) continue;
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: `ranks[${t}]`,
      value: ranks[t],
      expected: 'a number from 0 to 1',
    });
  }
  return null;
}

/**
 * Kolmogorov and Smirnov's test that the realised probability transforms `ranks` are uniform (BACKTEST-012): the largest distance between their
 * distribution and the diagonal, judged by the limit law of √n·D.
 */
export function assessUniformity(ranks: ArrayLike<number>, level: number): TestReport | Failure {
  const refusal = checkRanks(ranks, level);
  if (refusal !== null) return refusal;
  const sorted = Float64Array.from(ranks).sort();
  const n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i += 1) {
    distance = Math.max(distance, (i + 1) / n - sorted[i]!, sorted[i]! - i / n);
  }
  const pValue = kolmogorovSurvival(Math.sqrt(n) * distance);
  return reportResult({ statistic: distance, degreesOfFreedom: null, pValue }, level);
}

export type RankHistogram = TestReport & {
  /** Days whose rank falls into each of the equal bins; the last bin includes 1. */
  readonly counts: readonly number[];
};

/** The histogram of `ranks` in `bins` equal bins with Pearson's χ² of uniformity, bins − 1 degrees of freedom. */
export function assessHistogram(input: {
  readonly ranks: ArrayLike<number>;
  readonly bins: number;
  readonly level: number;
}): RankHistogram | Failure {
  const { ranks, bins, level } = input;
  const refusal = checkRanks(ranks, level) ?? checkCount(bins, 'bins', { min: 2, max: 10_000 });
  if (refusal !== null) return refusal;
  const counts = Array.from({ length: bins }, () => 0);
  for (let t = 0; t < ranks.length; t += 1) counts[Math.min(bins - 1, Math.floor(ranks[t]! * bins))]! += 1;
  const expected = ranks.length / bins;
  let statistic = 0;
  for (const count of counts) statistic += ((count - expected) * (count - expected)) / expected;
  return { ...reportChiSquare(statistic, bins - 1, level), counts };
}

/**
 * Berkowitz' test (2001): the normal scores Φ⁻¹(rank) are standard normal without memory, against a Gaussian autoregression with free
 * mean, variance and first-order coefficient, conditional on the first day. χ² with 3 degrees of freedom. Ranks of exactly 0 or
 * 1 are refused: give them as (number at most)/(n + 1).
 */
export function assessNormalScores(ranks: ArrayLike<number>, level: number): TestReport | Failure {
  const refusal =
    checkRanks(ranks, level) ??
    firstRefusal(Array.from(ranks, (rank, t) => checkProbability(rank, `ranks[${t}]`)));
  if (refusal !== null) return refusal;
  const scores = Float64Array.from(ranks, normalQuantile);
  const n = scores.length - 1;
  if (n < 3)
    return refuse('HISTORY_TOO_SHORT', { field: 'ranks', value: scores.length, expected: 'at least 4 days' });
  const meanBefore = meanFrom(scores, 0, n);
  const meanAfter = meanFrom(scores, 1, n);
  let squares = 0;
  let products = 0;
  let squaresAfter = 0;
  let plain = 0;
  for (let t = 1; t <= n; t += 1) {
    const before = scores[t - 1]! - meanBefore;
    const after = scores[t]! - meanAfter;
    squares += before * before;
    products += before * after;
    squaresAfter += after * after;
    plain += scores[t]! * scores[t]!;
  }
  const variance = (squaresAfter - (squares === 0 ? 0 : (products * products) / squares)) / n;
  if (!(variance > 0)) return reportNotApplicable(level);
  return reportChiSquare(Math.max(0, plain - n - n * log(variance)), 3, level);
}

function meanFrom(values: Float64Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i += 1) sum += values[i]!;
  return sum / count;
}
