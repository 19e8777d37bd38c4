import { refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { refuseSeries, sampleCorrelation } from './correlation.ts';

/** Ranks from 1 of the smallest, ties sharing the mean of their ranks. */
export function averageRanks(values: Float64Array): Float64Array {
  const order = new Int32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  order.sort((a, b) => values[a]! - values[b]! || a - b);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Spearman's rho, row-major: the correlation of average ranks. Refuses as `sampleCorrelation`. */
export function spearmanRho(series: readonly Float64Array[]): Float64Array | Failure {
  const refused = refuseSeries(series);
  return refused ?? sampleCorrelation(series.map(averageRanks));
}

/** Sum over pairs of observations of the signs of both moves, and how many pairs move in each. */
function countPairs(x: Float64Array, y: Float64Array): { both: number; inX: number; inY: number } {
  let both = 0;
  let inX = 0;
  let inY = 0;
  for (let i = 1; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const dx = Math.sign(x[i]! - x[j]!);
      const dy = Math.sign(y[i]! - y[j]!);
      both += dx * dy;
      inX += dx * dx;
      inY += dy * dy;
    }
  }
  return { both, inX, inY };
}

/**
 * Kendall's tau-b, row-major: concordant less discordant pairs over √(pairs untied in x · pairs untied in y), so that ties do not
 * bias it. Work grows with the square of the length. Refuses as `refuseSeries`, and a series that never moves.
 * Source: Kendall (1945), The treatment of ties in ranking problems.
 */
export function kendallTau(series: readonly Float64Array[]): Float64Array | Failure {
  const refused = refuseSeries(series);
  if (refused !== null) return refused;
  const k = series.length;
  const tau = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      const { both, inX, inY } = countPairs(series[i]!, series[j]!);
      if (inX === 0 || inY === 0)
        return refuse('HISTORY_TOO_SHORT', {
          field: `series[${i}]`,
          value: inX,
          expected: 'values that differ',
        });
      tau[i * k + j] = tau[j * k + i] = i === j ? 1 : both / Math.sqrt(inX * inY);
    }
  }
  return tau;
}
