import { isFailure, refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { symmetricEigen } from '../base/matrix.ts';
import { mean } from '../base/moments.ts';
import { refuseDecay, refuseReturns } from './volatility.ts';

/** Refuses series that are none, empty, not finite or of unequal length. */
export function refuseSeries(series: readonly Float64Array[]): Failure | null {
  const first = series[0];
  if (first === undefined)
    return refuse('HISTORY_TOO_SHORT', { field: 'series', value: 0, expected: 'one series at least' });
  for (const [k, returns] of series.entries()) {
    const refused = refuseReturns(returns);
    if (refused !== null) return refused;
    if (returns.length !== first.length)
      return refuse('SHAPE_INVALID', {
        field: `series[${k}]`,
        value: returns.length,
        expected: `${first.length}`,
      });
  }
  return null;
}

/** Second moments about zero, row-major, one row a series. Refuses as {@link refuseSeries}. */
export function secondMoments(series: readonly Float64Array[]): Float64Array | Failure {
  const refused = refuseSeries(series);
  if (refused !== null) return refused;
  const k = series.length;
  const result = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let t = 0; t < series[i]!.length; t++) sum += series[i]![t]! * series[j]![t]!;
      result[i * k + j] = result[j * k + i] = sum / series[i]!.length;
    }
  }
  return result;
}

/**
 * Today's exponentially weighted covariance with zero means, row-major: C' = decay·C + (1 − decay)·r·rᵀ from `first` on. One decay for
 * all pairs keeps it positive semi-definite. Refuses as {@link refuseSeries} and a decay outside (0, 1).
 * Source: RiskMetrics Technical Document (1996), chapter 5.
 */
export function ewmaCovariance(
  series: readonly Float64Array[],
  { decay, first }: { readonly decay: number; readonly first: Float64Array },
): Float64Array | Failure {
  const refused = refuseDecay(decay) ?? refuseSeries(series);
  if (refused !== null) return refused;
  const k = series.length;
  if (first.length !== k * k)
    return refuse('SHAPE_INVALID', { field: 'first', value: first.length, expected: `${k * k} entries` });
  const covariance = Float64Array.from(first);
  for (let t = 0; t < series[0]!.length; t++) {
    for (let i = 0; i < k; i++) {
      const shock = (1 - decay) * series[i]![t]!;
      for (let j = 0; j < k; j++)
        covariance[i * k + j] = decay * covariance[i * k + j]! + shock * series[j]![t]!;
    }
  }
  return covariance;
}

/** Correlations of a covariance matrix, row-major, diagonal exactly 1. Refuses a variance that is not positive. */
export function toCorrelation(covariance: Float64Array): Float64Array | Failure {
  const k = Math.round(Math.sqrt(covariance.length));
  const sd = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    const variance = covariance[i * k + i]!;
    if (!(variance > 0))
      return refuse('MATRIX_NOT_POSITIVE', {
        field: `covariance[${i}]`,
        value: variance,
        expected: 'above 0',
      });
    sd[i] = Math.sqrt(variance);
  }
  return covariance.map((c, at) => {
    const i = Math.floor(at / k);
    const j = at % k;
    return i === j ? 1 : c / (sd[i]! * sd[j]!);
  });
}

/** Product-moment correlations about the sample means, row-major. Refuses as {@link refuseSeries} and {@link toCorrelation}. */
export function sampleCorrelation(series: readonly Float64Array[]): Float64Array | Failure {
  const refused = refuseSeries(series);
  if (refused !== null) return refused;
  const centred = series.map((returns) => {
    const centre = mean(returns);
    return returns.map((r) => r - centre);
  });
  const covariance = secondMoments(centred);
  return isFailure(covariance) ? covariance : toCorrelation(covariance);
}

/**
 * A correlation matrix from one that is none: negative eigenvalues set to 0 and the result rescaled to a unit diagonal. Cheap, but not
 * the nearest: for that `nearestCorrelation`. Refuses a matrix that is not finite or keeps no variance.
 * Source: Rebonato and Jäckel (1999).
 */
export function clipCorrelation(matrix: Float64Array, n: number): Float64Array | Failure {
  const eigen = symmetricEigen(matrix, n);
  if (isFailure(eigen)) return eigen;
  const { values, vectors } = eigen;
  const clipped = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += vectors[i * n + k]! * Math.max(values[k]!, 0) * vectors[j * n + k]!;
      clipped[i * n + j] = clipped[j * n + i] = sum;
    }
  }
  return toCorrelation(clipped);
}
