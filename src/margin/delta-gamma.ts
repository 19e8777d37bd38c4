import { isFailure, refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import type { Level } from '../base/level.ts';
import { multiply } from '../base/matrix.ts';
import { tailMultipliers } from './tail-parametric.ts';
import type { TailRisk } from './tail-parametric.ts';

/**
 * A P&L to second order in n risk factors: δᵀx + ½·xᵀΓx with x normal, mean 0, covariance Ω. Γ symmetric; Γ and Ω row-major, n × n.
 * δ in USD per unit of a factor, Γ in USD per unit², Ω in unit².
 */
export type QuadraticBook = {
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly covariance: Float64Array;
};

export type QuadraticMoments = { readonly mean: number; readonly variance: number };

function refuseSizes({ delta, gamma, covariance }: QuadraticBook): Failure | null {
  const squared = delta.length * delta.length;
  if (gamma.length === squared && covariance.length === squared) return null;
  const value = `${gamma.length} and ${covariance.length} entries`;
  return refuse('SHAPE_INVALID', { field: 'gamma, covariance', value, expected: `${squared} entries each` });
}

/**
 * Exact mean ½·tr(ΓΩ) and variance δᵀΩδ + ½·tr((ΓΩ)²) of a quadratic P&L (TAIL-013) (USD, USD²).
 * Refuses matrices of another size, and `NUMBER_NOT_FINITE`.
 */
export function quadraticMoments(book: QuadraticBook): QuadraticMoments | Failure {
  const refused = refuseSizes(book);
  if (refused !== null) return refused;
  const { delta, gamma, covariance } = book;
  const n = delta.length;
  const product = multiply(gamma, covariance, { rows: n, inner: n, columns: n });
  let trace = 0;
  let traceOfSquare = 0;
  let linear = 0;
  for (let i = 0; i < n; i++) {
    trace += product[i * n + i]!;
    for (let j = 0; j < n; j++) {
      traceOfSquare += product[i * n + j]! * product[j * n + i]!;
      linear += delta[i]! * covariance[i * n + j]! * delta[j]!;
    }
  }
  const result = { mean: trace / 2, variance: linear + traceOfSquare / 2 };
  if (Number.isFinite(result.mean) && Number.isFinite(result.variance)) return result;
  return refuse('NUMBER_NOT_FINITE', { field: 'book', value: result.variance, expected: 'finite moments' });
}

/**
 * Delta-gamma-normal tail risk (USD, positive for a loss): the first two moments of the quadratic P&L taken for a normal's. Its tail
 * is too thin for a short-gamma book: use it to compare, not to charge. Refuses as {@link quadraticMoments}.
 * Source: RiskMetrics Technical Document (1996), section 6.3.3.
 */
export function deltaGammaTail(book: QuadraticBook, level: Level): TailRisk | Failure {
  const moments = quadraticMoments(book);
  if (isFailure(moments)) return moments;
  const unit = tailMultipliers({ kind: 'normal' }, level);
  if (isFailure(unit)) return unit;
  const sd = Math.sqrt(Math.max(moments.variance, 0));
  return {
    valueAtRisk: sd * unit.valueAtRisk - moments.mean,
    expectedShortfall: sd * unit.expectedShortfall - moments.mean,
  };
}
