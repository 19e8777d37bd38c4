import { refuse } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { checkCount, checkSeries, firstRefusal } from './check.ts';

/** Days oldest first: 1 where the loss went beyond value-at-risk, 0 elsewhere. */
export type Hits = Uint8Array;

/**
 * Marks the days on which `pnl` < −`valueAtRisk` (both in the same unit, value-at-risk a positive number).
 * A loss of exactly the value-at-risk is covered.
 */
export function markExceedances(pnl: ArrayLike<number>, valueAtRisk: ArrayLike<number>): Hits | Failure {
  const refusal = firstRefusal([
    checkSeries(pnl, 'pnl', pnl.length),
    checkSeries(valueAtRisk, 'valueAtRisk', pnl.length),
  ]);
  if (refusal !== null) return refusal;
  const hits = new Uint8Array(pnl.length);
  for (let i = 0; i < hits.length; i += 1) hits[i] = pnl[i]! < -valueAtRisk[i]! ? 1 : 0;
  return hits;
}

/** The hit series of `observations` days with exceedances on the given days (1-based). */
export function toHits(days: readonly number[], observations: number): Hits | Failure {
  const refusal = checkCount(observations, 'observations', { min: 1, max: 1e7 });
  if (refusal !== null) return refusal;
  const hits = new Uint8Array(observations);
  for (const [i, day] of days.entries()) {
    const outside = checkCount(day, `days[${i}]`, { min: 1, max: observations });
    if (outside !== null) return outside;
    hits[day - 1] = 1;
  }
  return hits;
}

/** The days of the exceedances, 1-based, ascending. */
export function toDays(hits: Hits): number[] {
  const days: number[] = [];
  for (let i = 0; i < hits.length; i += 1) if (hits[i] === 1) days.push(i + 1);
  return days;
}

/** Number of exceedances. */
export function countHits(hits: Hits): number {
  let count = 0;
  for (let i = 0; i < hits.length; i += 1) count += hits[i]!;
  return count;
}

/** Refuses an empty series or one with anything but 0 and 1. */
export function checkHits(hits: Hits): Failure | null {
  const refusal = checkSeries(hits, 'hits', hits.length);
  if (refusal !== null) return refusal;
  const wrong = hits.findIndex((hit) => hit > 1);
  if (wrong < 0) return null;
  return refuse('NUMBER_OUT_OF_RANGE', { field: `hits[${wrong}]`, value: hits[wrong], expected: '0 or 1' });
}

/** One model's forecasts beside what happened, day by day, oldest first. */
export type TailSeries = {
  /** Profit and loss, a loss negative. */
  readonly pnl: ArrayLike<number>;
  /** Positive numbers in the unit of `pnl`. */
  readonly valueAtRisk: ArrayLike<number>;
  /** Positive numbers in the unit of `pnl`. */
  readonly expectedShortfall: ArrayLike<number>;
};
