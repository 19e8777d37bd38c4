import type { Failure } from '../../base/failure.ts';
import { makeUniform } from '../../base/random.ts';
import { checkCount, checkProbability, checkSeed, firstRefusal } from './check.ts';
import type { Hits } from './exceedance.ts';
import { reportResult } from './report.ts';
import type { TestReport } from './report.ts';

/** Share of the sorted `sample` that is at most `value`. */
export function shareAtMost(sample: Float64Array, value: number): number {
  let low = 0;
  let high = sample.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sample[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low / sample.length;
}

/**
 * The law of a statistic of hits in a sample of this very length: `measure` over `paths` series of independent hits, sorted. Series for
 * which it is null (the test does not apply) are left out. The same seed gives the same bits.
 */
export function simulateHitLaw(
  input: {
    readonly observations: number;
    readonly probability: number;
    readonly paths: number;
    readonly seed: number;
  },
  measure: (hits: Hits) => number | null,
): Float64Array | Failure {
  const { observations, probability, paths, seed } = input;
  const refusal = firstRefusal([
    checkCount(observations, 'observations', { min: 1, max: 1e7 }),
    checkProbability(probability, 'probability'),
    checkCount(paths, 'paths', { min: 1, max: 1e8 }),
    checkSeed(seed),
  ]);
  if (refusal !== null) return refusal;
  const draw = makeUniform(seed);
  const hits = new Uint8Array(observations);
  const law = new Float64Array(paths);
  let count = 0;
  for (let path = 0; path < paths; path += 1) {
    for (let t = 0; t < observations; t += 1) hits[t] = draw() < probability ? 1 : 0;
    const measured = measure(hits);
    if (measured !== null) law[count++] = measured;
  }
  return law.slice(0, count).sort();
}

/**
 * The same report with the p-value of a Monte Carlo test (Dufour 2006) (BACKTEST-013), (1 + number of draws that reach the statistic)/(1 + draws), for
 * tests whose large values are bad. It has the size it claims in samples of any length, where χ² is far off (durations and times between
 * failures with a handful of hits); ties make it cautious.
 */
export function recalibrate(report: TestReport, law: Float64Array): TestReport {
  const { statistic, level } = report;
  if (statistic === null || law.length === 0) return report;
  let low = 0;
  let high = law.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (law[middle]! < statistic) low = middle + 1;
    else high = middle;
  }
  const pValue = (1 + law.length - low) / (1 + law.length);
  return reportResult({ statistic, degreesOfFreedom: null, pValue }, level);
}
