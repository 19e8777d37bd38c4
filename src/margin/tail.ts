import { isFailure, refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { countTail } from '../base/level.ts';
import type { Level } from '../base/level.ts';

/**
 * The worst n·(1 − level) of n outcomes. `scenarios` are indices, worst first, ties by scenario index; `weights` beside them are 1,
 * but for the last, which carries what is left; `size` is their sum.
 */
export type Tail = {
  readonly scenarios: Int32Array;
  readonly weights: Float64Array;
  readonly size: number;
};

/** Refuses an empty P&L vector (`HISTORY_TOO_SHORT`) and one that is not finite (`NUMBER_NOT_FINITE`). */
export function refusePnl(pnl: Float64Array): Failure | null {
  if (pnl.length === 0)
    return refuse('HISTORY_TOO_SHORT', { field: 'pnl', value: 0, expected: 'one scenario at least' });
  for (let s = 0; s < pnl.length; s++) {
    if (!Number.isFinite(pnl[s]!))
      return refuse('NUMBER_NOT_FINITE', { field: `pnl[${s}]`, value: pnl[s], expected: 'a finite P&L' });
  }
  return null;
}

/** Scenario indices from the smallest P&L to the largest, ties by scenario index (TAIL-003): a total order. */
export function rankScenarios(pnl: Float64Array): Int32Array {
  const order = new Int32Array(pnl.length);
  for (let s = 0; s < order.length; s++) order[s] = s;
  return order.sort((a, b) => pnl[a]! - pnl[b]! || a - b);
}

/**
 * The `count` smallest P&Ls, worst first, ties by scenario index: the head of {@link rankScenarios} without ranking the rest. A plain
 * sort of the values finds the cut; what lies below it is ranked alone.
 */
export function worstScenarios(pnl: Float64Array, count: number): Int32Array {
  if (count >= pnl.length) return rankScenarios(pnl);
  if (count === 0) return new Int32Array(0);
  const cut = pnl.slice().sort()[count - 1]!;
  const picked = new Int32Array(count);
  let below = 0;
  for (let s = 0; s < pnl.length; s++) if (pnl[s]! < cut) picked[below++] = s;
  for (let s = 0; below < count; s++) if (pnl[s] === cut) picked[below++] = s;
  return picked.sort((a, b) => pnl[a]! - pnl[b]! || a - b);
}

/** Selects the tail of a P&L vector (USD, profit positive). Refuses as {@link refusePnl}. */
export function selectTail(pnl: Float64Array, level: Level): Tail | Failure {
  const refused = refusePnl(pnl);
  if (refused !== null) return refused;
  const { whole, part, size } = countTail(level, pnl.length);
  const count = part > 0 ? whole + 1 : whole;
  const weights = new Float64Array(count).fill(1);
  if (part > 0) weights[count - 1] = part;
  return { scenarios: worstScenarios(pnl, count), weights, size };
}

/**
 * Value at risk in USD, positive for a loss (TAIL-001): the ⌈n·(1 − level)⌉-th smallest P&L, sign turned. Refuses as {@link refusePnl}.
 * Other quantile conventions: `valueAtRiskBy`.
 */
export function valueAtRisk(pnl: Float64Array, level: Level): number | Failure {
  const tail = selectTail(pnl, level);
  if (isFailure(tail)) return tail;
  return 0 - pnl[tail.scenarios[tail.scenarios.length - 1]!]!;
}

/**
 * Expected shortfall in USD, positive for a loss (TAIL-002): the mean of the worst n·(1 − level) outcomes, the last weighted fractionally,
 * so that it is continuous in the level and coherent (Acerbi and Tasche 2002). Refuses as {@link refusePnl}.
 */
export function expectedShortfall(pnl: Float64Array, level: Level): number | Failure {
  const tail = selectTail(pnl, level);
  return isFailure(tail) ? tail : shortfallOf(pnl, tail);
}

/** Minus the weighted mean of `pnl` over a tail that may have been selected on another vector (an Euler contribution). */
export function shortfallOf(pnl: Float64Array, tail: Tail): number {
  let sum = 0;
  for (let k = 0; k < tail.scenarios.length; k++) sum += tail.weights[k]! * pnl[tail.scenarios[k]!]!;
  return 0 - sum / tail.size;
}
