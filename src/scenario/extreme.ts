import { exp, expm1, log } from '../base/elementary.ts';
import { refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';

/** Below this |xi| the law is exponential to the last bit. */
export const EXPONENTIAL: number = 1e-18;

/** The generalised Pareto law of losses beyond a threshold: P(excess > y) = (1 + xi·y/beta)^(−1/xi), exponential at xi = 0. */
export type ParetoTail = { readonly xi: number; readonly beta: number };

/** A tail over a threshold that `exceedances` of `count` losses lie strictly above. */
export type ThresholdTail = ParetoTail & {
  readonly threshold: number;
  readonly count: number;
  readonly exceedances: number;
};

/** Excesses over the threshold, x − u for every loss x > u, in the order of the losses. */
export function excessesOver(losses: Float64Array, threshold: number): Float64Array {
  return losses.filter((x) => x > threshold).map((x) => x - threshold);
}

/**
 * Value at risk and expected shortfall beyond the threshold (SCENARIO-034), in the unit of the losses. `tailProb` is 1 − level and not above the share
 * of losses that exceed. The shortfall is Infinity for xi ≥ 1, where the law has no mean.
 * Refuses what is out of range. Source: McNeil, Frey and Embrechts, Quantitative Risk Management, section 5.2.3.
 */
export function paretoTailRisk(
  tail: ThresholdTail,
  tailProb: number,
): { readonly valueAtRisk: number; readonly expectedShortfall: number } | Failure {
  const { xi, beta, threshold, count, exceedances } = tail;
  const inTail = (tailProb * count) / exceedances;
  if (!(tailProb > 0 && inTail <= 1 && beta > 0 && Number.isFinite(xi + threshold)))
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: 'tail',
      value: `1 − level ${tailProb}, beta ${beta}`,
      expected: '0 < 1 − level ≤ share of exceedances, beta > 0',
    });
  const depth = 0 - log(inTail);
  const excess = Math.abs(xi) < EXPONENTIAL ? beta * depth : (beta * expm1(xi * depth)) / xi;
  const valueAtRisk = threshold + excess;
  if (xi >= 1) return { valueAtRisk, expectedShortfall: Number.POSITIVE_INFINITY };
  return { valueAtRisk, expectedShortfall: threshold + (excess + beta) / (1 - xi) };
}

/** Mean excess over the threshold, and how many lie above it. Refuses a threshold that no loss exceeds. */
export function meanExcess(
  losses: Float64Array,
  threshold: number,
): { readonly mean: number; readonly exceedances: number } | Failure {
  const excesses = excessesOver(losses, threshold);
  if (excesses.length === 0)
    return refuse('HISTORY_TOO_SHORT', { field: 'losses', value: 0, expected: `a loss above ${threshold}` });
  let sum = 0;
  for (const y of excesses) sum += y;
  return { mean: sum / excesses.length, exceedances: excesses.length };
}

/** Hill's estimate of the tail index from the `used` largest losses. */
export type HillTail = {
  readonly xi: number;
  /** The (used + 1)-th largest loss, beyond which the tail is taken for a power law. */
  readonly threshold: number;
  readonly used: number;
  readonly count: number;
};

/**
 * Mean of the logarithms of the `used` largest losses less that of the next. Refuses fewer than used + 1 losses, and a threshold that
 * is not positive. Source: Hill (1975).
 */
export function hillTail(losses: Float64Array, used: number): HillTail | Failure {
  if (used < 1 || losses.length <= used)
    return refuse('HISTORY_TOO_SHORT', {
      field: 'losses',
      value: losses.length,
      expected: `${used + 1} losses`,
    });
  const ascending = Float64Array.from(losses).sort();
  const threshold = ascending[ascending.length - 1 - used]!;
  if (!(threshold > 0))
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: 'threshold',
      value: threshold,
      expected: 'a positive loss',
    });
  let sum = 0;
  for (let k = 1; k <= used; k++) sum += log(ascending[ascending.length - k]!) - log(threshold);
  return { xi: sum / used, threshold, used, count: losses.length };
}

/** Weissman's (1978) quantile of a Hill tail: threshold·(used/(count·tailProb))^xi, in the unit of the losses. */
export function weissmanQuantile({ xi, threshold, used, count }: HillTail, tailProb: number): number {
  return threshold * exp(xi * log(used / (count * tailProb)));
}
