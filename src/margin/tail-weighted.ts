import { pow } from '../base/elementary.ts';
import { refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import type { Level } from '../base/level.ts';
import { rankScenarios, refusePnl } from './tail.ts';

/**
 * How a weighted value at risk reads the cumulative weight, worst loss first. `step`: the first loss at which it reaches 1 − level;
 * `linear`: interpolated between losses at their cumulative weights (the published example of Boudoukh, Richardson and Whitelaw);
 * `midpoint`: the same with each loss at the middle of its weight. Flat before the first and after the last point.
 */
export type WeightedRule = 'step' | 'linear' | 'midpoint';

/** Weights below this fraction of 1 − level are rounding: ten steps of 0.01 must reach 0.1. */
const ROUNDING = 1e-12;

/**
 * Weights that decay with age and sum to 1: decay^(age − 1)·(1 − decay)/(1 − decay^n), the last element the most recent (age 1).
 * `decay` in (0, 1]; 1 weighs all alike. Source: Boudoukh, Richardson and Whitelaw (1998), The best of both worlds.
 */
export function ageWeights(count: number, decay: number): Float64Array | Failure {
  if (!(decay > 0 && decay <= 1))
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'decay', value: decay, expected: 'a decay in (0, 1]' });
  const total = decay === 1 ? count : (1 - pow(decay, count)) / (1 - decay);
  const weights = new Float64Array(count);
  let weight = 1 / total;
  for (let i = count - 1; i >= 0; i--) {
    weights[i] = weight;
    weight *= decay;
  }
  return weights;
}

function refuseWeights(pnl: Float64Array, weights: Float64Array): Failure | null {
  const refused = refusePnl(pnl);
  if (refused !== null) return refused;
  let sum = 0;
  for (let s = 0; s < weights.length; s++) sum += weights[s]! >= 0 ? weights[s]! : Number.NaN;
  if (weights.length === pnl.length && Math.abs(sum - 1) <= 1e-9) return null;
  const expected = 'one weight ≥ 0 a scenario, their sum 1';
  return refuse('NUMBER_OUT_OF_RANGE', { field: 'weights', value: sum, expected });
}

/** Weighted value at risk, positive for a loss (TAIL-006). Refuses as `refusePnl`, and weights that are negative or do not sum to 1. */
export function weightedValueAtRisk(
  sample: { readonly pnl: Float64Array; readonly weights: Float64Array },
  level: Level,
  rule: WeightedRule,
): number | Failure {
  const { pnl, weights } = sample;
  const refused = refuseWeights(pnl, weights);
  if (refused !== null) return refused;
  const reached = level.tail * (1 - ROUNDING);
  let cumulative = 0;
  let previous = { at: 0, loss: Number.NaN };
  for (const s of rankScenarios(pnl)) {
    const at = cumulative + (rule === 'midpoint' ? weights[s]! / 2 : weights[s]!);
    const loss = 0 - pnl[s]!;
    if (at >= reached) {
      if (rule === 'step' || Number.isNaN(previous.loss) || at === previous.at) return loss;
      const share = Math.min((level.tail - previous.at) / (at - previous.at), 1);
      return previous.loss + share * (loss - previous.loss);
    }
    cumulative += weights[s]!;
    previous = { at, loss };
  }
  return previous.loss;
}

/**
 * Weighted expected shortfall, positive for a loss: Σ weight·loss over the worst 1 − level of the weight, the last scenario giving
 * only what is left, divided by 1 − level. Refuses as {@link weightedValueAtRisk}.
 */
export function weightedShortfall(
  sample: { readonly pnl: Float64Array; readonly weights: Float64Array },
  level: Level,
): number | Failure {
  const { pnl, weights } = sample;
  const refused = refuseWeights(pnl, weights);
  if (refused !== null) return refused;
  let left = level.tail;
  let sum = 0;
  for (const s of rankScenarios(pnl)) {
    const taken = Math.min(weights[s]!, left);
    sum += taken * pnl[s]!;
    left -= taken;
    if (left <= 0) break;
  }
  return 0 - sum / level.tail;
}
