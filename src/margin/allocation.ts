import { isFailure, refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import type { Level } from '../base/level.ts';
import { expectedShortfall, rankScenarios, refusePnl, selectTail, shortfallOf } from './tail.ts';
import type { Tail } from './tail.ts';

/**
 * Who bears the last, fractional part of the tail where scenarios tie there. `scenario-index`: the earliest; `averaged`: all tied
 * ones alike. The total does not depend on it.
 */
export type TieRule = 'scenario-index' | 'averaged';

/** Contributions in USD, positive where a position adds risk, negative where it hedges; they sum to `total`. */
export type Allocation = { readonly total: number; readonly components: Float64Array };

export type ShortfallAllocation = Allocation & { readonly tail: Tail };

export type VarAllocation = Allocation & { readonly scenario: number };

/** P&L vectors added scenario by scenario, in the order of the positions. Refuses vectors of unequal length. */
export function sumPnl(positions: readonly Float64Array[]): Float64Array | Failure {
  const total = Float64Array.from(positions[0] ?? []);
  for (let p = 1; p < positions.length; p++) {
    const pnl = positions[p]!;
    if (pnl.length !== total.length)
      return refuse('SHAPE_INVALID', {
        field: `positions[${p}]`,
        value: pnl.length,
        expected: `${total.length} scenarios`,
      });
    for (let s = 0; s < total.length; s++) total[s]! += pnl[s]!;
  }
  return total;
}

/** The tail with all scenarios tied at the cut sharing what is left of it, by scenario index. */
function averageTies(pnl: Float64Array, tail: Tail): Tail {
  const cut = pnl[tail.scenarios[tail.scenarios.length - 1]!]!;
  const worse = tail.scenarios.filter((s) => pnl[s]! < cut);
  const tied: number[] = [];
  for (let s = 0; s < pnl.length; s++) if (pnl[s] === cut) tied.push(s);
  const weights = new Float64Array(worse.length + tied.length).fill(1);
  weights.fill((tail.size - worse.length) / tied.length, worse.length);
  return { scenarios: Int32Array.from([...worse, ...tied]), weights, size: tail.size };
}

/**
 * Euler contributions to expected shortfall (TAIL-009): minus the mean of each position's P&L over the tail of their sum. They sum to the
 * total and are the derivative of the total in each position's size wherever the cut is unique.
 * Refuses as `refusePnl` and for unequal lengths. Source: Tasche (1999), Risk contributions and performance measurement.
 */
export function allocateShortfall(
  positions: readonly Float64Array[],
  level: Level,
  ties: TieRule,
): ShortfallAllocation | Failure {
  const pnl = sumPnl(positions);
  if (isFailure(pnl)) return pnl;
  const selected = selectTail(pnl, level);
  if (isFailure(selected)) return selected;
  const tail = ties === 'averaged' ? averageTies(pnl, selected) : selected;
  const components = Float64Array.from(positions, (position) => shortfallOf(position, tail));
  return { total: shortfallOf(pnl, tail), components, tail };
}

/**
 * Each position's loss in the one scenario that is the value at risk (TAIL-010). `worst-ceil`: the scenario of `valueAtRisk`; `nearest-rank`:
 * the ⌈n·level⌉-th smallest loss. Ties by scenario index in the order of ranking. Jumps as scenarios change places: prefer
 * expected shortfall for charging. Refuses as {@link allocateShortfall}.
 */
export function allocateValueAtRisk(
  positions: readonly Float64Array[],
  level: Level,
  rule: 'worst-ceil' | 'nearest-rank',
): VarAllocation | Failure {
  const pnl = sumPnl(positions);
  if (isFailure(pnl)) return pnl;
  const refused = refusePnl(pnl);
  if (refused !== null) return refused;
  const tail = selectTail(pnl, level);
  if (isFailure(tail)) return tail;
  const scenario =
    rule === 'worst-ceil' ? tail.scenarios[tail.scenarios.length - 1]! : nearestRankScenario(pnl, level);
  return {
    total: 0 - pnl[scenario]!,
    components: Float64Array.from(positions, (position) => 0 - position[scenario]!),
    scenario,
  };
}

function nearestRankScenario(pnl: Float64Array, level: Level): number {
  const product = BigInt(pnl.length) * level.covered;
  const rank = Number((product + level.scale - 1n) / level.scale);
  return rankScenarios(pnl.map((p) => 0 - p))[rank - 1]!;
}

/** Expected shortfall of every position alone. Refuses as {@link allocateShortfall}. */
export function standaloneShortfalls(
  positions: readonly Float64Array[],
  level: Level,
): Float64Array | Failure {
  const alone = new Float64Array(positions.length);
  for (let p = 0; p < positions.length; p++) {
    const shortfall = expectedShortfall(positions[p]!, level);
    if (isFailure(shortfall)) return shortfall;
    alone[p] = shortfall;
  }
  return alone;
}

/**
 * Total minus the total without the position, for every position (TAIL-011): what closing it would release. Does not sum to the total.
 * Refuses as {@link allocateShortfall}.
 */
export function incrementalShortfalls(
  positions: readonly Float64Array[],
  level: Level,
): Float64Array | Failure {
  const pnl = sumPnl(positions);
  if (isFailure(pnl)) return pnl;
  const total = expectedShortfall(pnl, level);
  if (isFailure(total)) return total;
  const incremental = new Float64Array(positions.length);
  for (let p = 0; p < positions.length; p++) {
    const rest = expectedShortfall(
      pnl.map((value, s) => value - positions[p]![s]!),
      level,
    );
    if (isFailure(rest)) return rest;
    incremental[p] = total - rest;
  }
  return incremental;
}
