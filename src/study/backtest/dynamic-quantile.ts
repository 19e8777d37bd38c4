import { refuse } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { checkCount, checkProbability, checkSeries, firstRefusal } from './check.ts';
import { checkHits } from './exceedance.ts';
import type { Hits } from './exceedance.ts';
import { reportChiSquare } from './report.ts';
import type { TestReport } from './report.ts';

/** A column beyond the constant and the lagged hits: a series aligned to the hits, read `lag` days before each of them. */
export type Regressor = { readonly values: ArrayLike<number>; readonly lag: number };

export type DynamicQuantile = TestReport & {
  /** Days that remain after the first `lags` are given up. */
  readonly observationsUsed: number;
};

/** A column whose part outside the earlier columns is below this share of its length is a combination of them. */
const COLLINEAR = 1e-10;

/** Appends to `basis` the unit vector of what `column` adds to it, if it adds anything; Gram–Schmidt, twice for accuracy. */
function extendBasis(basis: Float64Array[], column: Float64Array): void {
  const before = Math.sqrt(dot(column, column));
  for (let pass = 0; pass < 2; pass += 1) {
    for (const unit of basis) {
      const share = dot(unit, column);
      for (let i = 0; i < column.length; i += 1) column[i]! -= share * unit[i]!;
    }
  }
  const after = Math.sqrt(dot(column, column));
  if (!(after > COLLINEAR * before)) return;
  for (let i = 0; i < column.length; i += 1) column[i]! /= after;
  basis.push(column);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Engle and Manganelli's dynamic quantile test (2004) (BACKTEST-006): hits less `probability` regressed on a constant, their own `lags` and
 * the `regressors` (value-at-risk of the day, the squared return of the day before …) must explain nothing. b′X′Xb/(p(1−p)) is
 * χ² with as many degrees of freedom as X has independent columns (without hits the lags repeat the constant).
 */
export function assessDynamicQuantile(input: {
  readonly hits: Hits;
  readonly probability: number;
  readonly lags: number;
  readonly regressors: readonly Regressor[];
  readonly level: number;
}): DynamicQuantile | Failure {
  const { hits, probability, lags, regressors, level } = input;
  const count = hits.length;
  const refusal = firstRefusal([
    checkHits(hits),
    checkProbability(probability, 'probability'),
    checkProbability(level, 'level'),
    checkCount(lags, 'lags', { min: 0, max: 100 }),
    ...regressors.map((r, i) => checkSeries(r.values, `regressors[${i}].values`, count)),
    ...regressors.map((r, i) => checkCount(r.lag, `regressors[${i}].lag`, { min: 0, max: lags })),
  ]);
  if (refusal !== null) return refusal;
  const used = count - lags;
  const columns = 1 + lags + regressors.length;
  if (used <= columns) {
    return refuse('HISTORY_TOO_SHORT', {
      field: 'hits',
      value: count,
      expected: `more than ${lags + columns} days`,
    });
  }
  const centred = (lag: number): Float64Array =>
    Float64Array.from({ length: used }, (_, i) => hits[lags + i - lag]! - probability);
  const basis: Float64Array[] = [];
  extendBasis(basis, new Float64Array(used).fill(1));
  for (let lag = 1; lag <= lags; lag += 1) extendBasis(basis, centred(lag));
  for (const { values, lag } of regressors) {
    extendBasis(
      basis,
      Float64Array.from({ length: used }, (_, i) => values[lags + i - lag]!),
    );
  }
  const target = centred(0);
  let explained = 0;
  for (const unit of basis) {
    const share = dot(unit, target);
    explained += share * share;
  }
  const statistic = explained / (probability * (1 - probability));
  return { ...reportChiSquare(statistic, basis.length, level), observationsUsed: used };
}
