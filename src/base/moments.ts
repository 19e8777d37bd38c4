/** Moments of a sample about its mean, divided by n. `kurtosisExcess` is 0 for a normal; both ratios are 0 where nothing varies. */
export type Moments = {
  readonly mean: number;
  readonly variance: number;
  readonly skewness: number;
  readonly kurtosisExcess: number;
};

/** Arithmetic mean, summed in index order; 0 of nothing. */
export function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Mean of the squares of the first `count` values (about zero, not about the mean); 0 of nothing. */
export function meanSquare(values: Float64Array, count: number = values.length): number {
  const n = Math.min(count, values.length);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]! * values[i]!;
  return n === 0 ? 0 : sum / n;
}

/** Mean, population variance, skewness m₃/m₂^1.5 and excess kurtosis m₄/m₂² − 3. */
export function moments(values: Float64Array): Moments {
  const n = values.length;
  const centre = mean(values);
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < n; i++) {
    const d = values[i]! - centre;
    const square = d * d;
    second += square;
    third += square * d;
    fourth += square * square;
  }
  if (n === 0 || second === 0) return { mean: centre, variance: 0, skewness: 0, kurtosisExcess: 0 };
  const variance = second / n;
  return {
    mean: centre,
    variance,
    skewness: third / n / (variance * Math.sqrt(variance)),
    kurtosisExcess: fourth / n / (variance * variance) - 3,
  };
}
