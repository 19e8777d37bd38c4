import { studentTQuantile } from '../base/distribution.ts';
import { exp, log, log1p } from '../base/elementary.ts';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { lgamma } from '../base/gamma.ts';
import { cholesky } from '../base/matrix.ts';
import { minimiseOnInterval } from '../base/minimise.ts';
import { rhoOfKendall } from './copula.ts';
import { refuseSeries } from './correlation.ts';
import { averageRanks, kendallTau } from './rank-correlation.ts';

/** A t copula fitted to series: `correlation` row-major from Kendall's tau, `nu` by pseudo maximum likelihood. */
export type CopulaFit = {
  readonly correlation: Float64Array;
  readonly nu: number;
  readonly logLikelihood: number;
};

const NU_MIN = 1;
const NU_MAX = 200;

/** Ranks over n + 1, ties averaged: each series as if drawn from its own law. */
export function pseudoObservations(series: readonly Float64Array[]): readonly Float64Array[] {
  return series.map((values) => averageRanks(values).map((rank) => rank / (values.length + 1)));
}

/** The pairwise copula correlation sin(π·tau/2), row-major. Refuses as `kendallTau`. May need repair before it is factored. */
export function kendallCorrelation(series: readonly Float64Array[]): Float64Array | Failure {
  const tau = kendallTau(series);
  return isFailure(tau) ? tau : tau.map(rhoOfKendall);
}

/** The t quantile of every observation; equal observations are solved once. */
function quantilesOf(observations: readonly Float64Array[], nu: number): readonly Float64Array[] {
  const known = new Map<number, number>();
  const quantile = (u: number): number => {
    const x = known.get(u) ?? studentTQuantile(u, nu);
    known.set(u, x);
    return x;
  };
  return observations.map((column) => column.map(quantile));
}

/**
 * Log-likelihood of a t copula at pseudo-observations in (0, 1). `lower` is the Cholesky factor of its correlation, row-major.
 * Source: Demarta and McNeil (2005), section 3.
 */
export function tCopulaLogLikelihood(
  observations: readonly Float64Array[],
  lower: Float64Array,
  nu: number,
): number {
  const d = observations.length;
  const columns = quantilesOf(observations, nu);
  const n = columns[0]?.length ?? 0;
  let constant = lgamma((nu + d) / 2) + (d - 1) * lgamma(nu / 2) - d * lgamma((nu + 1) / 2);
  for (let i = 0; i < d; i++) constant -= log(lower[i * d + i]!);
  const z = new Float64Array(d);
  let sum = 0;
  for (let t = 0; t < n; t++) {
    let form = 0;
    for (let i = 0; i < d; i++) {
      let x = columns[i]![t]!;
      sum += ((nu + 1) / 2) * log1p((x * x) / nu);
      for (let k = 0; k < i; k++) x -= lower[i * d + k]! * z[k]!;
      z[i] = x / lower[i * d + i]!;
      form += z[i]! * z[i]!;
    }
    sum -= ((nu + d) / 2) * log1p(form / nu);
  }
  return n * constant + sum;
}

/**
 * Fits a t copula: correlation from Kendall's tau, degrees of freedom between 1 and 200 by maximum likelihood given it. Refuses as
 * `kendallTau`, and `MATRIX_NOT_POSITIVE` where the pairwise correlations do not form a positive definite matrix.
 */
export function fitTCopula(series: readonly Float64Array[]): CopulaFit | Failure {
  const refused = refuseSeries(series);
  if (refused !== null) return refused;
  const correlation = kendallCorrelation(series);
  if (isFailure(correlation)) return correlation;
  const lower = cholesky(correlation, series.length);
  if (isFailure(lower)) return lower;
  const observations = pseudoObservations(series);
  const cost = (x: number): number => -tCopulaLogLikelihood(observations, lower, exp(x));
  const found = minimiseOnInterval(cost, { from: log(NU_MIN), to: log(NU_MAX) }, 1e-6);
  return { correlation, nu: exp(found.at), logLikelihood: -found.value };
}
