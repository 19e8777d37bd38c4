import { isFailure, refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import type { Level } from '../base/level.ts';
import { tailMultipliers } from './tail-parametric.ts';
import type { TailLaw } from './tail-parametric.ts';

/** Positions in money (or units) and the covariance of what one of each earns, row-major, n × n. */
export type CovarianceBook = { readonly weights: Float64Array; readonly covariance: Float64Array };

/** Risk of a book under an elliptical law, in the unit of weight × √covariance, split by position. */
export type ParametricAllocation = {
  readonly sd: number;
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
  /** Derivative of value at risk in each weight. */
  readonly marginalVar: Float64Array;
  /** Weight × derivative; they sum to the total. */
  readonly componentVar: Float64Array;
  readonly componentShortfall: Float64Array;
  readonly standaloneVar: Float64Array;
  /** Total minus the total without the position. */
  readonly incrementalVar: Float64Array;
};

/** Of the sum of the absolute terms of a variance. */
const ROUNDING = 1e-12;

/** Σ·w, one entry a position. */
function covarianceWithBook({ weights, covariance }: CovarianceBook): Float64Array {
  const n = weights.length;
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += covariance[i * n + j]! * weights[j]!;
    result[i] = sum;
  }
  return result;
}

/** wᵀ·Σ·w; a hair below zero is a hedged book seen through rounding, more is no covariance. */
function varianceOf({ weights, covariance }: CovarianceBook, slope: Float64Array): number | Failure {
  const n = weights.length;
  let variance = 0;
  let gross = 0;
  for (let i = 0; i < n; i++) {
    variance += weights[i]! * slope[i]!;
    for (let j = 0; j < n; j++) gross += Math.abs(weights[i]! * covariance[i * n + j]! * weights[j]!);
  }
  if (variance >= -ROUNDING * gross) return Math.max(variance, 0);
  return refuse('MATRIX_NOT_POSITIVE', { field: 'covariance', value: variance, expected: 'a variance ≥ 0' });
}

function refuseBook({ weights, covariance }: CovarianceBook): Failure | null {
  const expected = `${weights.length}² finite entries, one finite weight a position`;
  if (covariance.length !== weights.length * weights.length)
    return refuse('SHAPE_INVALID', { field: 'covariance', value: covariance.length, expected });
  for (const x of [...weights, ...covariance]) {
    if (!Number.isFinite(x)) return refuse('NUMBER_NOT_FINITE', { field: 'covariance', value: x, expected });
  }
  const bad = weights.findIndex((_, i) => covariance[i * weights.length + i]! < 0);
  if (bad < 0) return null;
  return refuse('MATRIX_NOT_POSITIVE', {
    field: `covariance[${bad}]`,
    value: 'negative',
    expected: 'a variance ≥ 0',
  });
}

/**
 * Value at risk and expected shortfall of a book with zero mean under a law (TAIL-012), with marginal, component, standalone and incremental
 * parts. A book without risk has zero parts. Refuses `MATRIX_NOT_POSITIVE` where the book's variance is negative.
 * Source: Jorion, Value at Risk, chapter 7.
 */
export function allocateCovariance(
  book: CovarianceBook,
  law: TailLaw,
  level: Level,
): ParametricAllocation | Failure {
  const refused = refuseBook(book);
  if (refused !== null) return refused;
  const unit = tailMultipliers(law, level);
  if (isFailure(unit)) return unit;
  const { weights, covariance } = book;
  const n = weights.length;
  const slope = covarianceWithBook(book);
  const variance = varianceOf(book, slope);
  if (isFailure(variance)) return variance;
  const sd = Math.sqrt(variance);
  const perSd = sd > 0 ? 1 / sd : 0;
  const k = unit.valueAtRisk;
  const standaloneVar = weights.map((w, i) => k * Math.abs(w) * Math.sqrt(covariance[i * n + i]!));
  return {
    sd,
    valueAtRisk: k * sd,
    expectedShortfall: unit.expectedShortfall * sd,
    marginalVar: slope.map((s) => k * s * perSd),
    componentVar: slope.map((s, i) => k * weights[i]! * s * perSd + 0),
    componentShortfall: slope.map((s, i) => unit.expectedShortfall * weights[i]! * s * perSd + 0),
    standaloneVar,
    incrementalVar: weights.map((w, i) => {
      const rest = variance - 2 * w * slope[i]! + w * w * covariance[i * n + i]!;
      return k * (sd - Math.sqrt(Math.max(rest, 0)));
    }),
  };
}
