import { studentTPdf, studentTQuantile } from '../base/distribution.ts';
import { refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import type { Level } from '../base/level.ts';
import { moments } from '../base/moments.ts';
import type { Moments } from '../base/moments.ts';
import { normalPdf, normalQuantile } from '../base/normal.ts';
import { refusePnl } from './tail.ts';

/** Value at risk and expected shortfall, positive for a loss, in the unit of the standard deviation. */
export type TailRisk = { readonly valueAtRisk: number; readonly expectedShortfall: number };

/** A law of P&L: normal, or Student's t scaled so that its standard deviation is `sd` (degrees of freedom above 2). */
export type TailLaw =
  { readonly kind: 'normal' } | { readonly kind: 'student-t'; readonly degreesOfFreedom: number };

/**
 * Value at risk and expected shortfall of a P&L with mean 0 and standard deviation 1 under a law (TAIL-007): multiply by the standard deviation
 * and subtract the mean. Refuses `NUMBER_OUT_OF_RANGE` for degrees of freedom of 2 or less.
 * Source: McNeil, Frey and Embrechts, Quantitative Risk Management, section 2.3.
 */
export function tailMultipliers(law: TailLaw, level: Level): TailRisk | Failure {
  if (law.kind === 'normal') {
    const z = 0 - normalQuantile(level.tail);
    return { valueAtRisk: z, expectedShortfall: normalPdf(z) / level.tail };
  }
  const nu = law.degreesOfFreedom;
  if (!(nu > 2 && Number.isFinite(nu)))
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'degreesOfFreedom', value: nu, expected: 'above 2' });
  const scale = Math.sqrt((nu - 2) / nu);
  const t = 0 - studentTQuantile(level.tail, nu);
  const mean = (studentTPdf(t, nu) * (nu + t * t)) / ((nu - 1) * level.tail);
  return { valueAtRisk: scale * t, expectedShortfall: scale * mean };
}

/** Tail risk of a P&L with the given mean and standard deviation. Refuses as {@link tailMultipliers}. */
export function parametricTail(
  pnl: { readonly mean: number; readonly sd: number },
  law: TailLaw,
  level: Level,
): TailRisk | Failure {
  if (!(pnl.sd >= 0 && Number.isFinite(pnl.sd) && Number.isFinite(pnl.mean)))
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'sd', value: pnl.sd, expected: 'finite and ≥ 0' });
  const unit = tailMultipliers(law, level);
  if ('failure' in unit) return unit;
  return {
    valueAtRisk: pnl.sd * unit.valueAtRisk - pnl.mean,
    expectedShortfall: pnl.sd * unit.expectedShortfall - pnl.mean,
  };
}

/** The parts of a modified value at risk: moments of the P&L, the normal quantile at 1 − level and the expanded one. */
export type CornishFisher = Moments & {
  readonly z: number;
  readonly zExpanded: number;
  readonly valueAtRisk: number;
};

/**
 * Modified value at risk of a P&L sample (USD, positive for a loss) (TAIL-008): the normal quantile corrected for skewness and excess kurtosis
 * by the Cornish–Fisher expansion. Outside moderate skewness the expansion is not monotone in the level: a report, never a
 * requirement. Refuses as `refusePnl`. Source: Zangari (1996); Favre and Galeano (2002).
 */
export function cornishFisher(pnl: Float64Array, level: Level): CornishFisher | Failure {
  const refused = refusePnl(pnl);
  if (refused !== null) return refused;
  const sample = moments(pnl);
  const { skewness: s, kurtosisExcess: k } = sample;
  const z = normalQuantile(level.tail);
  const square = z * z;
  const third = ((square - 1) * s) / 6;
  const fourth = (z * (square - 3) * k) / 24;
  const zExpanded = z + third + fourth - (z * (2 * square - 5) * s * s) / 36;
  return { ...sample, z, zExpanded, valueAtRisk: 0 - (sample.mean + zExpanded * Math.sqrt(sample.variance)) };
}
