import { isFailure, refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { ewmaVariances } from './volatility.ts';
import type { EwmaSpec } from './volatility.ts';

/** A return series seen through its volatility: each return as it would be at today's. */
export type FilteredSeries = {
  /** Forecasts for each return and, last, for the next (return²). */
  readonly variances: Float64Array;
  /** Return over the square root of its own forecast: what the day had in surprise. */
  readonly standardised: Float64Array;
  /** Volatility that the scenarios are scaled to. */
  readonly sigmaNext: number;
  /** `sigmaNext` × standardised, in the order of the returns. */
  readonly scenarios: Float64Array;
};

/**
 * Scales standardised returns to a volatility. `variances` as from `ewmaVariances` or `garchVariances`, one longer than `returns`;
 * `sigmaNext` today's volatility, floored or not. For several factors the same index is the same day, so that what happened together
 * stays together. Refuses a forecast that is not positive.
 * Source: Barone-Adesi, Giannopoulos and Vosper (1999), VaR without correlations for portfolios of derivative securities.
 */
export function filterReturns(
  returns: Float64Array,
  variances: Float64Array,
  sigmaNext: number,
): FilteredSeries | Failure {
  if (variances.length !== returns.length + 1)
    return refuse('SHAPE_INVALID', {
      field: 'variances',
      value: variances.length,
      expected: `${returns.length + 1} forecasts`,
    });
  const bad = variances.findIndex((v) => !(v > 0 && Number.isFinite(v)));
  if (bad >= 0) {
    const expected = 'a positive variance';
    return refuse('NUMBER_OUT_OF_RANGE', { field: `variances[${bad}]`, value: variances[bad], expected });
  }
  const standardised = returns.map((r, i) => r / Math.sqrt(variances[i]!));
  return { variances, standardised, sigmaNext, scenarios: standardised.map((z) => sigmaNext * z) };
}

/** Filtered historical scenarios of one factor under an exponentially weighted variance, unfloored. Refuses as its parts. */
export function filterByEwma(returns: Float64Array, spec: EwmaSpec): FilteredSeries | Failure {
  const variances = ewmaVariances(returns, spec);
  if (isFailure(variances)) return variances;
  return filterReturns(returns, variances, Math.sqrt(variances[returns.length]!));
}
