import { chiSquareSurvival } from '../base/distribution.ts';
import { isFailure, refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { solvePositive } from '../base/matrix.ts';
import { mean, moments } from '../base/moments.ts';
import { normalCdf } from '../base/normal.ts';

/** A test statistic and the probability of one as large if the hypothesis holds. */
export type TestResult = { readonly statistic: number; readonly pValue: number };

/** Autocorrelations at lags 1 to `lags`, about the mean, each divided by the full sum of squares; 0 where nothing varies. */
export function autocorrelations(values: Float64Array, lags: number): Float64Array {
  const centre = mean(values);
  const deviations = values.map((x) => x - centre);
  let total = 0;
  for (const d of deviations) total += d * d;
  const result = new Float64Array(lags);
  for (let lag = 1; lag <= lags; lag++) {
    let sum = 0;
    for (let t = lag; t < deviations.length; t++) sum += deviations[t]! * deviations[t - lag]!;
    result[lag - 1] = total > 0 ? sum / total : 0;
  }
  return result;
}

/**
 * No autocorrelation up to a lag: n(n + 2)·Σ ρ²/(n − lag), χ² with as many degrees of freedom. Give squares to test for volatility
 * clusters. Source: Ljung and Box (1978).
 */
export function ljungBox(values: Float64Array, lags: number): TestResult {
  const n = values.length;
  let sum = 0;
  for (const [k, rho] of autocorrelations(values, lags).entries()) sum += (rho * rho) / (n - k - 1);
  const statistic = n * (n + 2) * sum;
  return { statistic, pValue: chiSquareSurvival(statistic, lags) };
}

/** Normality by skewness and kurtosis: n/6·(S² + K²/4), χ² with 2 degrees of freedom. Source: Jarque and Bera (1987). */
export function jarqueBera(values: Float64Array): TestResult {
  const { skewness, kurtosisExcess } = moments(values);
  const statistic = (values.length / 6) * (skewness * skewness + (kurtosisExcess * kurtosisExcess) / 4);
  return { statistic, pValue: chiSquareSurvival(statistic, 2) };
}

/** Sums of products of a constant and the `lags` earlier values with themselves (row-major) and with the value. */
function normalEquations(values: Float64Array, lags: number): { matrix: Float64Array; right: Float64Array } {
  const k = lags + 1;
  const matrix = new Float64Array(k * k);
  const right = new Float64Array(k);
  const row = new Float64Array(k);
  for (let t = lags; t < values.length; t++) {
    row[0] = 1;
    for (let lag = 1; lag <= lags; lag++) row[lag] = values[t - lag]!;
    for (let i = 0; i < k; i++) {
      right[i]! += row[i]! * values[t]!;
      for (let j = 0; j < k; j++) matrix[i * k + j]! += row[i]! * row[j]!;
    }
  }
  return { matrix, right };
}

/**
 * No autoregressive volatility: (n − lags)·R² of the squared deviations from the mean regressed on a constant and their own lags, χ²
 * with `lags` degrees of freedom. Refuses fewer values than twice the lags, and values that do not vary. Source: Engle (1982).
 */
export function archTest(values: Float64Array, lags: number): TestResult | Failure {
  const centre = mean(values);
  const scale = moments(values).variance;
  if (values.length <= 2 * lags || !(scale > 0))
    return refuse('HISTORY_TOO_SHORT', {
      field: 'values',
      value: values.length,
      expected: `more than ${2 * lags} values that vary`,
    });
  const squares = values.map((x) => ((x - centre) * (x - centre)) / scale);
  const { matrix, right } = normalEquations(squares, lags);
  const slopes = solvePositive(matrix, right);
  if (isFailure(slopes)) return slopes;
  const dependent = squares.slice(lags);
  const total = moments(dependent).variance * dependent.length;
  let residual = 0;
  for (let t = lags; t < squares.length; t++) {
    let fitted = slopes[0]!;
    for (let lag = 1; lag <= lags; lag++) fitted += slopes[lag]! * squares[t - lag]!;
    residual += (squares[t]! - fitted) * (squares[t]! - fitted);
  }
  const statistic = dependent.length * (1 - residual / total);
  return { statistic, pValue: chiSquareSurvival(statistic, lags) };
}

/** Largest distance between the sample's distribution and the normal with its own mean and sample standard deviation. */
export function distanceFromNormal(values: Float64Array): number {
  const n = values.length;
  const { mean: centre, variance } = moments(values);
  const sd = Math.sqrt((variance * n) / (n - 1));
  const ascending = Float64Array.from(values).sort();
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const p = normalCdf((ascending[i]! - centre) / sd);
    largest = Math.max(largest, (i + 1) / n - p, p - i / n);
  }
  return largest;
}
