import { isFailure, refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { complement, countTail } from '../base/level.ts';
import type { Level } from '../base/level.ts';
import { expectedShortfall, rankScenarios, refusePnl } from './tail.ts';

/** The sample quantiles of Hyndman and Fan (1996). 6 is a spreadsheet's PERCENTILE.EXC, 7 its PERCENTILE.INC. */
export type QuantileType = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/**
 * Conventions for value at risk. `loss-type-k`: quantile of the losses at the level; `pnl-type-k`: minus the quantile of the P&L at
 * 1 − level (differs for the discontinuous types 1, 3 and 4). `higher`, `lower`, `midpoint`, `nearest` (half to even): around
 * position (n − 1)·level of the ascending losses. `worst-ceil`: the ⌈n·(1 − level)⌉-th worst, the convention of `valueAtRisk`;
 * `worst-floor-plus-1`: the (⌊n·(1 − level)⌋ + 1)-th worst. `nearest-rank`: the ⌈n·level⌉-th smallest loss.
 */
export type VarRule =
  | `loss-type-${QuantileType}`
  | `pnl-type-${QuantileType}`
  | 'nearest-rank'
  | 'higher'
  | 'lower'
  | 'midpoint'
  | 'nearest'
  | 'worst-ceil'
  | 'worst-floor-plus-1';

/**
 * Conventions for expected shortfall. `acerbi`: that of `expectedShortfall`; `rockafellar-uryasev`: VaR + E[(L − VaR)⁺]/(1 − level),
 * equal to it; `at-or-beyond`, `beyond`: mean of the losses ≥ or > the type 1 VaR; `worst-ceil`, `worst-floor`: mean of a whole
 * number of worst losses.
 */
export type ShortfallRule =
  'acerbi' | 'rockafellar-uryasev' | 'at-or-beyond' | 'beyond' | 'worst-ceil' | 'worst-floor';

function ascendingLosses(pnl: Float64Array): Float64Array {
  const losses = new Float64Array(pnl.length);
  for (let s = 0; s < losses.length; s++) losses[s] = 0 - pnl[s]!;
  return losses.sort();
}

/** Entry at a 1-based rank, ranks beyond either end meaning that end. */
function atRank(ascending: Float64Array, rank: number): number {
  return ascending[Math.min(Math.max(rank, 1), ascending.length) - 1]!;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a < 0n && q * b !== a ? q - 1n : q;
}

/** The offset m of Hyndman and Fan's position n·p + m, in units of 1/(24·scale). */
function offset(type: QuantileType, { covered, scale }: Level): bigint {
  switch (type) {
    case 1:
    case 2:
    case 4:
      return 0n;
    case 3:
      return -12n * scale;
    case 5:
      return 12n * scale;
    case 6:
      return 24n * covered;
    case 7:
      return 24n * (scale - covered);
    case 8:
      return 8n * (covered + scale);
    case 9:
      return 6n * covered + 9n * scale;
  }
}

/** Weight of the upper neighbour, from the fraction g and, for type 3, the parity of the lower rank. */
function upperWeight(type: QuantileType, g: number, rank: number): number {
  if (type === 1) return g > 0 ? 1 : 0;
  if (type === 2) return g > 0 ? 1 : 0.5;
  if (type === 3) return g === 0 && rank % 2 === 0 ? 0 : 1;
  return g;
}

/**
 * Sample quantile of an ascending vector of one entry at least, at the probability `level`, its position counted exactly.
 * Source: Hyndman and Fan (1996), Sample quantiles in statistical packages.
 */
export function sampleQuantile(ascending: Float64Array, level: Level, type: QuantileType): number {
  const unit = 24n * level.scale;
  const position = 24n * BigInt(ascending.length) * level.covered + offset(type, level);
  const floor = floorDivide(position, unit);
  const rank = Number(floor);
  const weight = upperWeight(type, Number(position - floor * unit) / Number(unit), rank);
  const low = atRank(ascending, rank);
  return low + weight * (atRank(ascending, rank + 1) - low);
}

/** Around position (n − 1)·level, 0-based, of the ascending losses. */
function neighbour(
  ascending: Float64Array,
  level: Level,
  rule: 'higher' | 'lower' | 'midpoint' | 'nearest',
): number {
  const position = BigInt(ascending.length - 1) * level.covered;
  const floor = position / level.scale;
  const rest = position - floor * level.scale;
  const rank = Number(floor) + 1;
  const upper = rest > 0n ? rank + 1 : rank;
  switch (rule) {
    case 'lower':
      return atRank(ascending, rank);
    case 'higher':
      return atRank(ascending, upper);
    case 'midpoint':
      return (atRank(ascending, rank) + atRank(ascending, upper)) / 2;
    case 'nearest': {
      const half = 2n * rest - level.scale;
      const up = half > 0n || (half === 0n && floor % 2n === 1n);
      return atRank(ascending, up ? upper : rank);
    }
  }
}

/** Value at risk (USD, positive for a loss) under a named convention (TAIL-004). Refuses as `refusePnl`. */
export function valueAtRiskBy(pnl: Float64Array, level: Level, rule: VarRule): number | Failure {
  const refused = refusePnl(pnl);
  if (refused !== null) return refused;
  const losses = ascendingLosses(pnl);
  const { whole, part } = countTail(level, losses.length);
  switch (rule) {
    case 'worst-ceil':
      return atRank(losses, losses.length + 1 - (part > 0 ? whole + 1 : whole));
    case 'worst-floor-plus-1':
      return atRank(losses, losses.length - whole);
    case 'nearest-rank':
      return sampleQuantile(losses, level, 1);
    case 'higher':
    case 'lower':
    case 'midpoint':
    case 'nearest':
      return neighbour(losses, level, rule);
    default:
      return quantileByName(pnl, level, rule);
  }
}

function quantileByName(
  pnl: Float64Array,
  level: Level,
  rule: `${'loss' | 'pnl'}-type-${QuantileType}`,
): number {
  const type = Number(rule.slice(-1)) as QuantileType;
  if (rule.startsWith('loss')) return sampleQuantile(ascendingLosses(pnl), level, type);
  return 0 - sampleQuantile(Float64Array.from(pnl).sort(), complement(level), type);
}

/**
 * Expected shortfall (USD, positive for a loss) under a named convention (TAIL-005). Refuses as `refusePnl`, and `HISTORY_TOO_SHORT` where the
 * convention averages no scenario at all.
 */
export function expectedShortfallBy(pnl: Float64Array, level: Level, rule: ShortfallRule): number | Failure {
  if (rule === 'acerbi') return expectedShortfall(pnl, level);
  const threshold = valueAtRiskBy(pnl, level, 'nearest-rank');
  if (isFailure(threshold)) return threshold;
  if (rule === 'rockafellar-uryasev') return threshold + meanExcess(pnl, threshold) / level.tail;
  const { whole, part } = countTail(level, pnl.length);
  switch (rule) {
    case 'worst-ceil':
      return meanOfWorst(pnl, part > 0 ? whole + 1 : whole);
    case 'worst-floor':
      return meanOfWorst(pnl, whole);
    case 'at-or-beyond':
      return meanOfWorst(pnl, pnl.filter((p) => 0 - p >= threshold).length);
    case 'beyond':
      return meanOfWorst(pnl, pnl.filter((p) => 0 - p > threshold).length);
  }
}

/** E[(loss − threshold)⁺] over all scenarios. */
function meanExcess(pnl: Float64Array, threshold: number): number {
  let sum = 0;
  for (let s = 0; s < pnl.length; s++) sum += Math.max(0 - pnl[s]! - threshold, 0);
  return sum / pnl.length;
}

function meanOfWorst(pnl: Float64Array, count: number): number | Failure {
  if (count === 0)
    return refuse('HISTORY_TOO_SHORT', {
      field: 'pnl',
      value: pnl.length,
      expected: 'a scenario in the tail',
    });
  const order = rankScenarios(pnl);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += pnl[order[k]!]!;
  return 0 - sum / count;
}
