import { refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { meanSquare } from '../base/moments.ts';

/** An exponentially weighted variance with zero mean: v' = decay·v + (1 − decay)·r², starting from `first` for the first return. */
export type EwmaSpec = { readonly decay: number; readonly first: number };

export function refuseDecay(decay: number): Failure | null {
  if (decay > 0 && decay < 1) return null;
  return refuse('NUMBER_OUT_OF_RANGE', { field: 'decay', value: decay, expected: 'a decay in (0, 1)' });
}

/** Refuses a return series that is empty or not finite. */
export function refuseReturns(returns: Float64Array): Failure | null {
  if (returns.length === 0)
    return refuse('HISTORY_TOO_SHORT', { field: 'returns', value: 0, expected: 'one return at least' });
  const bad = returns.findIndex((r) => !Number.isFinite(r));
  if (bad < 0) return null;
  return refuse('NUMBER_NOT_FINITE', { field: `returns[${bad}]`, value: returns[bad], expected: 'finite' });
}

/**
 * Variance forecasts, one more than there are returns (SCENARIO-030): entry i is the forecast for return i, made before it is known; the last entry
 * is today's forecast for the next. Unit: return². Refuses a decay outside (0, 1) and returns that are empty or not finite.
 * Source: RiskMetrics Technical Document (1996), chapter 5.
 */
export function ewmaVariances(returns: Float64Array, { decay, first }: EwmaSpec): Float64Array | Failure {
  const refused = refuseDecay(decay) ?? refuseReturns(returns);
  if (refused !== null) return refused;
  if (!(first >= 0 && Number.isFinite(first)))
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'first', value: first, expected: 'a variance ≥ 0' });
  const variances = new Float64Array(returns.length + 1);
  variances[0] = first;
  for (let i = 0; i < returns.length; i++)
    variances[i + 1] = decay * variances[i]! + (1 - decay) * returns[i]! * returns[i]!;
  return variances;
}

/**
 * Variance forecast from the last `count` returns only, weights decay^age normalised to sum to 1 (zero mean). Refuses as
 * {@link ewmaVariances}, and a history shorter than `count`.
 */
export function windowVariance(
  returns: Float64Array,
  window: { readonly decay: number; readonly count: number },
): number | Failure {
  const { decay, count } = window;
  const refused = refuseDecay(decay) ?? refuseReturns(returns);
  if (refused !== null) return refused;
  if (count < 1 || count > returns.length)
    return refuse('HISTORY_TOO_SHORT', {
      field: 'returns',
      value: returns.length,
      expected: `${count} returns`,
    });
  let sum = 0;
  let total = 0;
  let weight = 1;
  for (let i = returns.length - 1; i >= returns.length - count; i--) {
    sum += weight * returns[i]! * returns[i]!;
    total += weight;
    weight *= decay;
  }
  return sum / total;
}

/**
 * The larger of a variance forecast and the floor (`floorFrac`·long-run volatility)²: a quiet month does not take the margin below
 * that share of what the whole history asks for. `history` is the longest available; `floorFrac` 0 means no floor.
 * Source: EMIR RTS 153/2013 article 28(1)(c).
 */
export function floorVariance(forecast: number, history: Float64Array, floorFrac: number): number {
  return Math.max(forecast, floorFrac * floorFrac * meanSquare(history));
}
