import { studentTCdf } from '../../base/distribution.ts';
import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { normalCdf } from '../../base/normal.ts';
import { drawBelow, makeUniform } from '../../base/random.ts';
import {
  checkCount,
  checkPositiveSeries,
  checkProbability,
  checkSeed,
  checkSeries,
  firstRefusal,
} from './check.ts';
import { markExceedances } from './exceedance.ts';
import type { TailSeries } from './exceedance.ts';
import { reportNotApplicable, reportResult } from './report.ts';
import type { TestReport } from './report.ts';

export type ExceedanceResiduals = TestReport & {
  /** (loss − expected shortfall)/scale on the days of exceedance. */
  readonly residuals: readonly number[];
  readonly mean: number | null;
  /** One-sided p-values by Student's t and by the normal law, beside the bootstrap's in `pValue`. */
  readonly pValueStudent: number | null;
  readonly pValueNormal: number | null;
};

/** The t statistic of a zero mean; infinite with the sign of the mean where nothing varies. */
function studentise(values: ArrayLike<number>): number {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += values[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i += 1) squares += (values[i]! - mean) * (values[i]! - mean);
  if (squares === 0) return mean > 0 ? Infinity : -Infinity;
  return mean / Math.sqrt(squares / (n - 1) / n);
}

/** Share of resamples of the centred residuals whose t statistic reaches the observed one (Efron and Tibshirani). */
function bootstrap(
  residuals: readonly number[],
  input: { mean: number; statistic: number; resamples: number; seed: number },
): number {
  const n = residuals.length;
  const draw = makeUniform(input.seed);
  const sample = new Float64Array(n);
  let reached = 0;
  for (let i = 0; i < input.resamples; i += 1) {
    for (let j = 0; j < n; j += 1) sample[j] = residuals[drawBelow(draw, n)]! - input.mean;
    if (studentise(sample) >= input.statistic) reached += 1;
  }
  return reached / input.resamples;
}

/**
 * McNeil and Frey's test of expected shortfall (2000) (BACKTEST-009): given an exceedance, the loss beyond expected shortfall in units of `scale`
 * (the day's volatility forecast; ones for unscaled residuals) has mean zero, against a positive mean. `pValue` is that of a seeded
 * bootstrap. Needs two exceedances that differ.
 */
export function assessExceedanceResiduals(
  input: TailSeries & {
    readonly scale: ArrayLike<number>;
    readonly resamples: number;
    readonly seed: number;
    readonly level: number;
  },
): ExceedanceResiduals | Failure {
  const { pnl, expectedShortfall, scale, resamples, seed, level } = input;
  const hits = markExceedances(pnl, input.valueAtRisk);
  if (isFailure(hits)) return hits;
  const refusal = firstRefusal([
    checkSeries(expectedShortfall, 'expectedShortfall', pnl.length),
    checkPositiveSeries(scale, 'scale', pnl.length),
    checkCount(resamples, 'resamples', { min: 1, max: 1e8 }),
    checkSeed(seed),
    checkProbability(level, 'level'),
  ]);
  if (refusal !== null) return refusal;
  const residuals: number[] = [];
  for (let t = 0; t < hits.length; t += 1) {
    if (hits[t] === 1) residuals.push((-pnl[t]! - expectedShortfall[t]!) / scale[t]!);
  }
  const n = residuals.length;
  const mean = n === 0 ? null : residuals.reduce((sum, residual) => sum + residual, 0) / n;
  const statistic = n < 2 ? Infinity : studentise(residuals);
  if (mean === null || !Number.isFinite(statistic)) {
    return { ...reportNotApplicable(level), residuals, mean, pValueStudent: null, pValueNormal: null };
  }
  const pValue = bootstrap(residuals, { mean, statistic, resamples, seed });
  return {
    ...reportResult({ statistic, degreesOfFreedom: n - 1, pValue }, level),
    residuals,
    mean,
    pValueStudent: studentTCdf(-statistic, n - 1),
    pValueNormal: normalCdf(-statistic),
  };
}
