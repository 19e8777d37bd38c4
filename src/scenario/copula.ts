import { studentTCdf, studentTPdf, studentTQuantile } from '../base/distribution.ts';
import { exp, log1p, pow } from '../base/elementary.ts';
import { refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { integrate } from '../base/integrate.ts';
import { normalQuantile } from '../base/normal.ts';
import { atan, sin } from '../base/trigonometry.ts';

/**
 * The copula of two elliptical variables with correlation parameter `rho`: Gaussian where `nu` is null, else Student t with `nu`
 * degrees of freedom, whose tails hit both sides together.
 */
export type PairCopula = { readonly rho: number; readonly nu: number | null };

const HALF_PI = Math.PI / 2;
/** Of the integral, as a share of u·v. */
const TOLERANCE = 1e-13;

function refusePair({ rho, nu }: PairCopula): Failure | null {
  if (!(rho > -1 && rho < 1))
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'rho', value: rho, expected: 'a correlation in (−1, 1)' });
  if (nu !== null && !(nu > 0 && Number.isFinite(nu)))
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'nu', value: nu, expected: 'above 0' });
  return null;
}

function arcSine(x: number): number {
  return Math.abs(x) === 1 ? x * HALF_PI : atan(x / Math.sqrt((1 - x) * (1 + x)));
}

/** Kendall's tau of any elliptical copula: (2/π)·asin(rho). Source: Lindskog, McNeil and Schmock (2003). */
export function kendallOfRho(rho: number): number {
  return arcSine(rho) / HALF_PI;
}

/** The correlation parameter that belongs to a Kendall's tau: sin(π·tau/2). */
export function rhoOfKendall(tau: number): number {
  return sin(HALF_PI * tau);
}

/** Spearman's rho of the Gaussian copula only: (6/π)·asin(rho/2). */
export function gaussianSpearman(rho: number): number {
  return (6 / Math.PI) * arcSine(rho / 2);
}

/**
 * Probability that one is extreme given that the other is, in the limit; the same in both tails. 0 for the Gaussian copula, for the t
 * copula 2·T(−√((nu + 1)(1 − rho)/(1 + rho))) with nu + 1 degrees of freedom. Refuses rho outside (−1, 1) and nu ≤ 0.
 * Source: Demarta and McNeil (2005), The t copula and related copulas.
 */
export function tailDependence(copula: PairCopula): number | Failure {
  const refused = refusePair(copula);
  if (refused !== null) return refused;
  const { rho, nu } = copula;
  if (nu === null) return 0;
  return 2 * studentTCdf(0 - Math.sqrt(((nu + 1) * (1 - rho)) / (1 + rho)), nu + 1);
}

/** The angle whose cosine is `x`, without loss near x = 1. */
function arcCosine(x: number): number {
  return 2 * atan(Math.sqrt((1 - x) / (1 + x)));
}

/**
 * ∂P(X ≤ x, Y ≤ y)/∂correlation, times sin φ, at correlation cos φ: written in the angle φ from perfect correlation, where nothing
 * cancels. Source: Plackett (1954); Genz (2004), Numerical computation of rectangular bivariate and trivariate normal and t
 * probabilities.
 */
function slopeInAngle(x: number, y: number, nu: number | null): (phi: number) => number {
  const apart = (x - y) * (x - y);
  return (phi) => {
    const half = sin(phi / 2);
    const across = sin(phi);
    const form = (apart + 4 * x * y * half * half) / (across * across);
    const density = nu === null ? exp(-form / 2) : exp((-nu / 2) * log1p(form / nu));
    return density / (2 * Math.PI);
  };
}

/**
 * P(U ≤ u, V ≤ v) under the copula, to about 1e-12. `u`, `v` in [0, 1]. Integrates over the correlation from a case that is known
 * exactly: independence for the Gaussian copula with rho ≥ 0, else perfect correlation of rho's sign.
 * Refuses rho outside (−1, 1), nu ≤ 0 and probabilities outside [0, 1].
 */
export function copulaCdf(copula: PairCopula, u: number, v: number): number | Failure {
  const refused = refusePair(copula);
  if (refused !== null) return refused;
  if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1))
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'u, v', value: `${u}, ${v}`, expected: 'in [0, 1]' });
  if (u === 0 || v === 0) return 0;
  if (u === 1 || v === 1) return Math.min(u, v);
  const { rho, nu } = copula;
  const x = nu === null ? normalQuantile(u) : studentTQuantile(u, nu);
  const y = nu === null ? normalQuantile(v) : studentTQuantile(v, nu);
  const phi = arcCosine(Math.abs(rho));
  const tolerance = TOLERANCE * u * v;
  if (rho < 0)
    return Math.max(u + v - 1, 0) + integrate(slopeInAngle(x, 0 - y, nu), { from: 0, to: phi }, tolerance);
  const slope = slopeInAngle(x, y, nu);
  if (nu === null) return u * v + integrate(slope, { from: phi, to: HALF_PI }, tolerance);
  return Math.min(u, v) - integrate(slope, { from: 0, to: phi }, tolerance);
}

/** Density of the t copula at (u, v) in (0, 1)²; for nu null that of the Gaussian copula. Refuses as {@link copulaCdf}. */
export function copulaDensity(copula: PairCopula, u: number, v: number): number | Failure {
  const refused = refusePair(copula);
  if (refused !== null) return refused;
  if (!(u > 0 && u < 1 && v > 0 && v < 1))
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'u, v', value: `${u}, ${v}`, expected: 'in (0, 1)' });
  const { rho, nu } = copula;
  const free = 1 - rho * rho;
  if (nu === null) {
    const x = normalQuantile(u);
    const y = normalQuantile(v);
    return exp((2 * rho * x * y - rho * rho * (x * x + y * y)) / (2 * free)) / Math.sqrt(free);
  }
  const x = studentTQuantile(u, nu);
  const y = studentTQuantile(v, nu);
  const form = (x * x + y * y - 2 * rho * x * y) / (nu * free);
  const joint = pow(1 + form, -(nu + 2) / 2) / (2 * Math.PI * Math.sqrt(free));
  return joint / (studentTPdf(x, nu) * studentTPdf(y, nu));
}
