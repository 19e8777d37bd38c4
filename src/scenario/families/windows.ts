import { expm1 } from '../../base/elementary.ts';
import { type Failure, refuse } from '../../base/failure.ts';
import { DAY_MS } from '../../base/instant.ts';
import type { FactorModel } from '../factors.ts';
import { isRatio } from '../history.ts';
import type { Factor } from '../set.ts';

/** Fewest scenarios that a set may be made of. */
const WINDOWS_MIN = 20;

/** Which stretches of history become scenarios. `separate` windows share no step, counted back from the latest. */
export type WindowSpec = {
  readonly horizonDays: number;
  /** Windows that end within this many days before the model's moment. */
  readonly lookbackDays: number;
  readonly windows: 'overlapping' | 'separate';
};

/** `ends` are the last steps of the windows, ascending; each covers `steps` steps. */
export type Windows = { readonly ends: readonly number[]; readonly steps: number };

/** Steps of a horizon; refuses NUMBER_OUT_OF_RANGE where it is not a whole number ≥ 1 of them. */
export function stepsOfHorizon(model: FactorModel, horizonDays: number): number | Failure {
  const steps = Math.round(horizonDays / model.stepDays);
  if (steps >= 1 && Math.abs(steps * model.stepDays - horizonDays) <= 1e-9 * horizonDays) return steps;
  const expected = `a multiple of the ${model.stepDays} days between the rows of the history`;
  return refuse('NUMBER_OUT_OF_RANGE', { field: 'horizonDays', value: horizonDays, expected });
}

/** Refuses HISTORY_TOO_SHORT for fewer than {@link WINDOWS_MIN} windows, NUMBER_OUT_OF_RANGE for the horizon. */
export function windowsOf(model: FactorModel, spec: WindowSpec): Windows | Failure {
  const steps = stepsOfHorizon(model, spec.horizonDays);
  if (typeof steps !== 'number') return steps;
  const earliestMs = model.asOfMs - spec.lookbackDays * DAY_MS;
  const stride = spec.windows === 'overlapping' ? 1 : steps;
  const ends: number[] = [];
  for (let end = model.count - 1; end >= steps - 1 && model.endMs[end]! > earliestMs; end -= stride)
    ends.push(end);
  ends.reverse();
  if (ends.length >= WINDOWS_MIN) return { ends, steps };
  const expected = `at least ${WINDOWS_MIN} windows of ${spec.horizonDays} days in the look-back`;
  return refuse('HISTORY_TOO_SHORT', { field: 'lookbackDays', value: `${ends.length} windows`, expected });
}

/** Sum of the changes of the window that ends at `end`, in index order. */
export function windowChange(changes: Float64Array, end: number, steps: number): number {
  let sum = 0;
  for (let t = end - steps + 1; t <= end; t += 1) sum += changes[t]!;
  return sum;
}

/** A change (log ratio, or difference) in the unit of a scenario's shock: simple return, or the difference itself. */
export function toShock(kind: Factor['kind'], change: number): number {
  return isRatio(kind) ? expm1(Math.min(CHANGE_MAX, change)) : change;
}

/** ln of the largest ratio that a scenario may hold (price × 55): keeps far simulated tails finite. */
const CHANGE_MAX = 4;
