import type { Failure } from '../../base/failure.ts';
import { checkCount, checkPositiveSeries, firstRefusal } from './check.ts';

export type Rise = {
  readonly days: number;
  /** Largest margin(t + days)/margin(t) − 1; 0 where margin never rose, null where the series is too short. */
  readonly largestFrac: number | null;
};

export type Procyclicality = {
  /** Largest over smallest margin. */
  readonly peakToTrough: number;
  readonly mean: number;
  readonly rises: readonly Rise[];
};

/** The horizons of the usual n-day measures. */
export const RISE_HORIZONS_DAYS: readonly number[] = [1, 5, 20, 30];

/**
 * How margin on an unchanged portfolio moved with the market (BACKTEST-014) (Murphy, Vasios and Vause 2014): peak to trough, the largest rise over
 * each of `horizonsDays` steps of the series, and its mean. `margin` is daily, oldest first, positive throughout.
 */
export function assessProcyclicality(
  margin: ArrayLike<number>,
  horizonsDays: readonly number[] = RISE_HORIZONS_DAYS,
): Procyclicality | Failure {
  const refusal = firstRefusal([
    checkPositiveSeries(margin, 'margin', margin.length),
    ...horizonsDays.map((days, i) => checkCount(days, `horizonsDays[${i}]`, { min: 1, max: 1e6 })),
  ]);
  if (refusal !== null) return refusal;
  let peak = margin[0]!;
  let trough = margin[0]!;
  let sum = 0;
  for (let t = 0; t < margin.length; t += 1) {
    peak = Math.max(peak, margin[t]!);
    trough = Math.min(trough, margin[t]!);
    sum += margin[t]!;
  }
  const rises = horizonsDays.map((days) => ({ days, largestFrac: largestRise(margin, days) }));
  return { peakToTrough: peak / trough, mean: sum / margin.length, rises };
}

function largestRise(margin: ArrayLike<number>, days: number): number | null {
  if (margin.length <= days) return null;
  let largest = 0;
  for (let t = days; t < margin.length; t += 1)
    largest = Math.max(largest, margin[t]! / margin[t - days]! - 1);
  return largest;
}
