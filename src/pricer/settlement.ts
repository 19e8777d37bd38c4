import { exp } from '../base/elementary.ts';
import { blackTimeValue } from '../base/black-function.ts';
import { type Option, YEAR_MS } from '../product/product.ts';
import { futureValue } from './futures.ts';
import type { Right } from './black76.ts';
import type { Future } from '../product/product.ts';

/** Options and futures settle at the average index of this long before expiry. */
export const SETTLEMENT_WINDOW_MS: number = 1_800_000;

/**
 * Payoff of one contract at the delivery price (PRODUCT-006), in the settlement asset. Option: m·max(±(S − K), 0), divided by S where the
 * option is inverse. Future: its value m·S or −m/S. `delivery` is USD for inverse products and the settlement asset for linear
 * ones, > 0.
 */
export function payoff(product: Option | Future, delivery: number): number {
  if (product.kind === 'future') return futureValue(product.form, product.contractSize, delivery);
  const { right, strike } = product;
  const inside = Math.max(0, right === 'call' ? delivery - strike : strike - delivery);
  return product.contractSize * (product.form === 'inverse' ? inside / delivery : inside);
}

/** How much of the settlement average is already known, and how much time of variance is left in the rest. */
export type AverageSplit = {
  /** Share of the average that is observed: 0 before the window, 1 at expiry. */
  readonly fixedShare: number;
  /** Variance of the log of the unobserved mean = vol² · this. */
  readonly varianceYears: number;
};

/**
 * Splits the settlement average at `tauMs` ≥ 0 before expiry (PRODUCT-007). The mean of a driftless price over a window of length w that starts
 * after a wait has variance vol²·(wait + w/3) to first order (Kemna and Vorst 1990): before the window wait + w is τ, inside it
 * only the remaining τ is averaged.
 */
export function splitAverage(tauMs: number): AverageSplit {
  const window = Math.min(tauMs, SETTLEMENT_WINDOW_MS);
  return {
    fixedShare: 1 - window / SETTLEMENT_WINDOW_MS,
    varianceYears: (tauMs - window + window / 3) / YEAR_MS,
  };
}

/** Expected settlement average: what is observed stays, the rest of the window is expected at `forward`. */
export function settlementForward(forward: number, observedMean: number, tauMs: number): number {
  const { fixedShare } = splitAverage(tauMs);
  return fixedShare * observedMean + (1 - fixedShare) * forward;
}

/**
 * Value of a European option on the settlement average (PRODUCT-008), in the unit of `forward`, per unit of the underlying. With the fixed part
 * A and share u left it is u times an option on the forward with strike (K − A)/u; a fixed part beyond the strike decides the
 * payoff. `observedMean` is the mean of the index inside the window so far (any number before it).
 */
export function priceOnAverage(option: {
  readonly right: Right;
  readonly forward: number;
  readonly strike: number;
  readonly tauMs: number;
  readonly vol: number;
  readonly rate: number;
  readonly observedMean: number;
}): number {
  const { right, forward, strike, tauMs, vol, rate, observedMean } = option;
  const { fixedShare, varianceYears } = splitAverage(tauMs);
  const fixed = fixedShare === 0 ? 0 : fixedShare * observedMean;
  const open = 1 - fixedShare;
  const ahead = fixed + open * forward - strike;
  const intrinsic = Math.max(0, right === 'call' ? ahead : -ahead);
  const timeValue = blackTimeValue(open * forward, strike - fixed, vol * Math.sqrt(varianceYears));
  return exp((-rate * tauMs) / YEAR_MS) * (intrinsic + timeValue);
}
