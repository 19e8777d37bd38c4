import type { Failure } from '../../base/failure.ts';
import { normalCdf } from '../../base/normal.ts';
import { checkProbability, checkSeries, firstRefusal } from './check.ts';
import { reportResult } from './report.ts';
import type { TestReport } from './report.ts';

export type TailMean = TestReport & {
  /** Sum of the severities 1 − u/p over exceedances, with its mean and variance under the model. */
  readonly severitySum: number;
  readonly mean: number;
  readonly variance: number;
};

/**
 * Costanzino and Curran's test of spectral risk measures, for expected shortfall (2015): each exceedance counts with its
 * severity. `ranks` are the realised probability transforms P_t(X_t). Asymptotically normal; large values are bad.
 */
export function assessTailMean(input: {
  readonly ranks: ArrayLike<number>;
  readonly probability: number;
  readonly level: number;
}): TailMean | Failure {
  const { ranks, probability, level } = input;
  const refusal = firstRefusal([
    checkSeries(ranks, 'ranks', ranks.length),
    checkProbability(probability, 'probability'),
    checkProbability(level, 'level'),
  ]);
  if (refusal !== null) return refusal;
  let severitySum = 0;
  for (let t = 0; t < ranks.length; t += 1) {
    if (ranks[t]! < probability) severitySum += 1 - ranks[t]! / probability;
  }
  const mean = (ranks.length * probability) / 2;
  const variance = (ranks.length * probability * (4 - 3 * probability)) / 12;
  const statistic = (severitySum - mean) / Math.sqrt(variance);
  return {
    ...reportResult({ statistic, degreesOfFreedom: null, pValue: normalCdf(-statistic) }, level),
    severitySum,
    mean,
    variance,
  };
}
