import { lgamma } from '../base/gamma.ts';
import { log, log1p } from '../base/elementary.ts';
import { refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { refuseReturns } from './volatility.ts';

/**
 * r = mu + e, e = √h·z (SCENARIO-031), h' = omega + (alpha + gamma·[e < 0])·e² + beta·h (Glosten, Jagannathan and Runkle; gamma 0 is Bollerslev's
 * GARCH(1,1)). `nu` null: z is normal; else z is Student t with nu > 2 degrees of freedom, scaled to unit variance.
 */
export type GarchModel = {
  readonly mu: number;
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly nu: number | null;
};

/**
 * The variance before there is history, with m the mean squared residual. `presample`: residual² and variance before the sample are m,
 * so the first forecast is omega + (alpha + gamma/2 + beta)·m (Fiorentini, Calzolari and Panattoni); `sample`: the first forecast is m;
 * a number: that forecast itself.
 */
export type GarchInit = 'presample' | 'sample' | number;

const LN_2PI = 1.8378770664093456;
const LN_PI = 1.1447298858494002;

/** alpha + beta + gamma/2: the share of a variance shock that is left a day later. At 1 and above there is no long-run variance. */
export function garchPersistence(model: GarchModel): number {
  return model.alpha + model.beta + model.gamma / 2;
}

function refuseModel(model: GarchModel): Failure | null {
  const { omega, alpha, beta, gamma, nu } = model;
  const fine = omega >= 0 && alpha >= 0 && beta >= 0 && alpha + gamma >= 0 && (nu === null || nu > 2);
  if (fine && Number.isFinite(omega + alpha + beta + gamma + model.mu)) return null;
  const value = [omega, alpha, beta, gamma, nu].join(', ');
  const expected = 'omega, alpha, beta, alpha + gamma ≥ 0; nu > 2 or null';
  return refuse('NUMBER_OUT_OF_RANGE', { field: 'model', value, expected });
}

/**
 * Variance forecasts, one more than there are returns, as `ewmaVariances`. Refuses returns that are empty or not finite and a model
 * outside its domain.
 */
export function garchVariances(
  returns: Float64Array,
  model: GarchModel,
  init: GarchInit,
): Float64Array | Failure {
  const refused = refuseReturns(returns) ?? refuseModel(model);
  if (refused !== null) return refused;
  const variances = new Float64Array(returns.length + 1);
  filterVariances(returns, model, { init, variances });
  return variances;
}

/** The recursion alone, into `variances` (one longer than `returns`); nothing checked, nothing allocated. */
export function filterVariances(
  returns: Float64Array,
  model: GarchModel,
  { init, variances }: { readonly init: GarchInit; readonly variances: Float64Array },
): void {
  const { mu, omega, alpha, beta, gamma } = model;
  const n = returns.length;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (returns[i]! - mu) * (returns[i]! - mu);
  const level = squares / n;
  let h = init === 'presample' ? omega + garchPersistence(model) * level : init === 'sample' ? level : init;
  variances[0] = h;
  for (let i = 0; i < n; i++) {
    const e = returns[i]! - mu;
    h = omega + (e < 0 ? alpha + gamma : alpha) * e * e + beta * h;
    variances[i + 1] = h;
  }
}

/**
 * Log-likelihood of all returns given their variance forecasts, constants included; −Infinity where a forecast is not positive.
 */
export function logLikelihoodOf(
  returns: Float64Array,
  variances: Float64Array,
  { mu, nu }: { readonly mu: number; readonly nu: number | null },
): number {
  const n = returns.length;
  let logs = 0;
  let tails = 0;
  const spread = nu === null ? 1 : nu - 2;
  for (let i = 0; i < n; i++) {
    const h = variances[i]!;
    if (!(h > 0)) return Number.NEGATIVE_INFINITY;
    const e = returns[i]! - mu;
    const scaled = (e * e) / (spread * h);
    logs += log(h);
    tails += nu === null ? scaled : log1p(scaled);
  }
  if (nu === null) return -0.5 * (n * LN_2PI + logs + tails);
  const constant = lgamma((nu + 1) / 2) - lgamma(nu / 2) - 0.5 * (LN_PI + log(spread));
  return n * constant - 0.5 * logs - ((nu + 1) / 2) * tails;
}

/** Log-likelihood of a model, all n returns and all constants. Refuses as {@link garchVariances}. */
export function garchLogLikelihood(
  returns: Float64Array,
  model: GarchModel,
  init: GarchInit,
): number | Failure {
  const refused = refuseReturns(returns) ?? refuseModel(model);
  if (refused !== null) return refused;
  const variances = new Float64Array(returns.length + 1);
  filterVariances(returns, model, { init, variances });
  return logLikelihoodOf(returns, variances, model);
}

/**
 * Expected variance of each of the next `horizon` days, given the forecast `next` for the first: h(k+1) = omega + persistence·h(k),
 * which falls or rises to omega/(1 − persistence) where that exists and grows on where not. Their sum is the variance over the horizon.
 */
export function forecastVariances(model: GarchModel, next: number, horizon: number): Float64Array {
  const persistence = garchPersistence(model);
  const forecast = new Float64Array(horizon);
  let h = next;
  for (let k = 0; k < horizon; k++) {
    forecast[k] = h;
    h = model.omega + persistence * h;
  }
  return forecast;
}
