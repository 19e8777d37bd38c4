import { betaRegularised } from '../../base/beta.ts';
import { exp, log } from '../../base/elementary.ts';
import { isFailure, refuse } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { complement, countTail, parseLevel } from '../../base/level.ts';
import { makeUniform } from '../../base/random.ts';
import { checkCount, checkProbability, checkSeed, checkSeries, firstRefusal } from './check.ts';
import { shareAtMost } from './law.ts';
import { reportNotApplicable, reportResult } from './report.ts';
import type { TestReport } from './report.ts';

/** The P&L that a model's forecast leaves below it with probability `u` in (0, 1). */
export type QuantileFunction = (u: number) => number;

const NODES = 2000;

/**
 * Nodes and weights for the expected mean of the `worst` smallest of `count` independent P&Ls: ∫ q(p)·(n/k)·I_{1−p}(n−k, k) dp, midpoints in
 * the cube root of p, where even a heavy tail is smooth; beyond the last node the weight is nil.
 */
function weighWorst(count: number, worst: number): { nodes: Float64Array; weights: Float64Array } {
  const nodes = new Float64Array(NODES);
  const weights = new Float64Array(NODES);
  if (worst === count) {
    for (let i = 0; i < NODES; i += 1) nodes[i] = (i + 0.5) / NODES;
    return { nodes, weights: weights.fill(1 / NODES) };
  }
  const end = Math.min(1, (worst + 10 * Math.sqrt(worst) + 40) / count);
  const width = exp(log(end) / 3) / NODES;
  for (let i = 0; i < NODES; i += 1) {
    const root = (i + 0.5) * width;
    const p = root * root * root;
    nodes[i] = p;
    weights[i] = (count / worst) * betaRegularised(count - worst, worst, 1 - p) * 3 * root * root * width;
  }
  return { nodes, weights };
}

/** Mean over days of (mean of the P&Ls at the `ranks`)/(what the model expects of it), turned so that negative is bad. */
function statisticOf(
  ranks: Float64Array,
  quantiles: readonly QuantileFunction[],
  expected: Float64Array,
): number {
  let sum = 0;
  for (const [day, quantile] of quantiles.entries()) {
    let worst = 0;
    for (let i = 0; i < ranks.length; i += 1) worst += quantile(ranks[i]!);
    sum += worst / ranks.length / expected[day]!;
  }
  return 1 - sum / quantiles.length;
}

/** Fills `ranks` with the smallest of `count` uniform numbers, ascending, one after another. */
function drawSmallest(ranks: Float64Array, count: number, draw: () => number): void {
  let above = 1;
  for (let i = 0; i < ranks.length; i += 1) {
    above *= exp(log(draw()) / (count - i));
    ranks[i] = 1 - above;
  }
}

/**
 * Acerbi and Székely's third statistic (2014), expected shortfall from ranks: the realised probability transforms `ranks` (P_t(X_t),
 * oldest first) are put through each day's forecast, and the mean of the worst ⌊T·p⌋ is set against its expectation.
 * `quantiles` holds one function a day, or a single one where the days differ by scale only. One-sided, by seeded simulation.
 */
export function assessRankedShortfall(input: {
  readonly ranks: ArrayLike<number>;
  readonly quantiles: readonly QuantileFunction[];
  readonly probability: number;
  readonly paths: number;
  readonly seed: number;
  readonly level: number;
}): TestReport | Failure {
  const { ranks, quantiles, probability, paths, seed, level } = input;
  const count = ranks.length;
  const refusal = firstRefusal([
    checkSeries(ranks, 'ranks', count),
    checkProbability(probability, 'probability'),
    checkProbability(level, 'level'),
    checkCount(paths, 'paths', { min: 1, max: 1e7 }),
    checkSeed(seed),
    ...Array.from(ranks, (rank, i) => checkProbability(rank, `ranks[${i}]`)),
  ]);
  if (refusal !== null) return refusal;
  if (quantiles.length !== 1 && quantiles.length !== count) {
    return refuse('SHAPE_INVALID', {
      field: 'quantiles',
      value: quantiles.length,
      expected: `1 or ${count} functions`,
    });
  }
  const tail = parseLevel(probability, 'probability');
  if (isFailure(tail)) return tail;
  const { whole: worst } = countTail(complement(tail), count);
  if (worst === 0) return reportNotApplicable(level);
  const { nodes, weights } = weighWorst(count, worst);
  const expected = Float64Array.from(quantiles, (quantile) => {
    let sum = 0;
    for (let i = 0; i < NODES; i += 1) sum += weights[i]! * quantile(nodes[i]!);
    return sum;
  });
  const observed = Float64Array.from(ranks).sort().slice(0, worst);
  const statistic = statisticOf(observed, quantiles, expected);
  const draw = makeUniform(seed);
  const drawn = new Float64Array(worst);
  const law = new Float64Array(paths);
  for (let path = 0; path < paths; path += 1) {
    drawSmallest(drawn, count, draw);
    law[path] = statisticOf(drawn, quantiles, expected);
  }
  return reportResult(
    { statistic, degreesOfFreedom: null, pValue: shareAtMost(law.sort(), statistic) },
    level,
  );
}
