import { expm1 } from '../../base/elementary.ts';
import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { shrink, symmetricEigen } from '../../base/matrix.ts';
import type { AssetId } from '../../product/product.ts';
import { secondMoments, toCorrelation } from '../correlation.ts';
import { changesAt, type FactorModel } from '../factors.ts';
import { ASSET_GROUPS, type AssetGroup, groupOf } from '../groups.ts';
import { DEFAULT_FILTER, volatilityPath } from './filtered-set.ts';

/** How correlations break. */
export type Breakdown = {
  /** How far, as shares of the way to the limit (all ones, or zero). */
  readonly shifts: readonly number[];
  /** Size of a joint move in standard deviations at stressed volatility. */
  readonly sigmas: number;
  /** Stressed volatility of an asset is this quantile of its own daily forecasts. */
  readonly volatilityLevel: number;
  /** Directions of a matrix with dominant ones that are used, largest first. */
  readonly directions: number;
  /** Blocks whose sign against the rest is flipped, one at a time. */
  readonly groups: readonly AssetGroup[];
};

export const DEFAULT_BREAKDOWN: Breakdown = {
  shifts: [0.5, 1],
  sigmas: 3,
  volatilityLevel: 0.99,
  directions: 3,
  groups: ASSET_GROUPS,
};

/** Assets beyond this many are left to the events: their axes would outnumber everything else. */
const ASSETS_MAX = 60;

export type BrokenMove = { readonly name: string; readonly spots: ReadonlyMap<AssetId, number> };

/**
 * Joint moves that are likely only where correlations have broken. For each broken matrix C′ = V·Λ·Vᵀ of the assets without a peg:
 * the points ± sigmas·√λ·v on the axes of its ellipsoid, times stressed volatilities, as log returns.
 * - `together`: C moved towards all ones: everything goes the same way at once.
 * - `apart`: C moved towards zero: the directions that hedges rely on, up to each asset alone.
 * - `flipped`: the signs of one group against all others turned.
 * With more than {@link ASSETS_MAX} assets, the first in the order of factors; what has no figure here follows its leader or peg. Refuses what its parts refuse, and numbers out of range.
 */
export function breakdownMoves(model: FactorModel, spec: Breakdown): BrokenMove[] | Failure {
  const refused = refuseBreakdown(spec);
  if (refused !== null) return refused;
  const part = selectAssets(model);
  const n = part.assets.length;
  if (n < 2) return [];
  const correlation = correlationOf(part);
  if (isFailure(correlation)) return correlation;
  const sigmas = stressedSigmas(part, spec);
  if (isFailure(sigmas)) return sigmas;
  const moves: BrokenMove[] = [];
  for (const broken of brokenMatrices(correlation, part.assets, spec)) {
    const eigen = symmetricEigen(broken.matrix, n);
    if (isFailure(eigen)) return eigen;
    for (let j = 0; j < Math.min(n, broken.directions); j += 1) {
      const length = spec.sigmas * Math.sqrt(Math.max(0, eigen.values[j]!));
      const axis = orient(eigen.vectors, { column: j, n });
      for (const sign of [-1, 1]) {
        const spots = new Map(
          part.assets.map((asset, i) => [asset, expm1(sign * length * axis[i]! * sigmas[i]!)] as const),
        );
        moves.push({ name: `${broken.name} ${sign < 0 ? '−' : '+'}${j + 1}`, spots });
      }
    }
  }
  return moves;
}

type Part = { readonly assets: readonly AssetId[]; readonly changes: readonly Float64Array[] };

function selectAssets(model: FactorModel): Part {
  const assets: AssetId[] = [];
  const changes: Float64Array[] = [];
  for (const [f, { asset, kind }] of model.factors.entries()) {
    if (kind !== 'spot' || model.pegs.has(asset) || assets.length === ASSETS_MAX) continue;
    const series = changesAt(model, f);
    if (!series.some((change) => change !== 0)) continue;
    assets.push(asset);
    changes.push(series);
  }
  return { assets, changes };
}

function correlationOf(part: Part): Float64Array | Failure {
  const moments = secondMoments(part.changes);
  return isFailure(moments) ? moments : toCorrelation(moments);
}

/** Daily volatility of each asset on a bad day of its own past. */
function stressedSigmas(part: Part, spec: Breakdown): Float64Array | Failure {
  const sigmas = new Float64Array(part.assets.length);
  for (const [i, changes] of part.changes.entries()) {
    const path = volatilityPath(changes, DEFAULT_FILTER);
    if (isFailure(path)) return path;
    const ascending = Float64Array.from(path.forecasts).sort();
    const place = Math.ceil(spec.volatilityLevel * ascending.length) - 1;
    sigmas[i] = Math.max(path.next, ascending[Math.max(0, place)]!);
  }
  return sigmas;
}

type BrokenMatrix = { readonly name: string; readonly matrix: Float64Array; readonly directions: number };

function brokenMatrices(
  correlation: Float64Array,
  assets: readonly AssetId[],
  spec: Breakdown,
): BrokenMatrix[] {
  const n = assets.length;
  const ones = new Float64Array(n * n).fill(1);
  const identity = Float64Array.from(ones, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  const matrices: BrokenMatrix[] = [];
  for (const shift of spec.shifts) {
    const name = `${Math.round(100 * shift)} %`;
    const together = shrink(correlation, ones, shift);
    matrices.push({
      name: `correlations to one ${name}`,
      matrix: together,
      directions: shift === 1 ? 1 : spec.directions,
    });
    matrices.push({
      name: `correlations to zero ${name}`,
      matrix: shrink(correlation, identity, shift),
      directions: n,
    });
  }
  for (const group of spec.groups) {
    const signs = assets.map((asset) => (groupOf(asset, spec.groups) === group ? -1 : 1));
    if (!signs.includes(-1) || !signs.includes(1)) continue;
    const matrix = correlation.map((c, at) => c * signs[Math.floor(at / n)]! * signs[at % n]!);
    matrices.push({ name: `${group.id} against the rest`, matrix, directions: spec.directions });
  }
  return matrices;
}

/** An eigenvector with its largest entry positive (the first among equals): solvers leave the sign open. */
function orient(vectors: Float64Array, { column, n }: { column: number; n: number }): Float64Array {
  const axis = Float64Array.from({ length: n }, (_, i) => vectors[i * n + column]!);
  let largest = 0;
  for (let i = 1; i < n; i += 1) if (Math.abs(axis[i]!) > Math.abs(axis[largest]!)) largest = i;
  return axis[largest]! < 0 ? axis.map((x) => -x) : axis;
}

function refuseBreakdown(spec: Breakdown): Failure | null {
  const shifts = spec.shifts.every((shift) => shift >= 0 && shift <= 1);
  const level = spec.volatilityLevel > 0 && spec.volatilityLevel <= 1;
  const sigmas = spec.sigmas > 0 && spec.sigmas <= 20;
  const directions = Number.isInteger(spec.directions) && spec.directions >= 1;
  if (shifts && level && sigmas && directions && spec.groups.length > 0) return null;
  const expected = 'shifts in [0, 1], level in (0, 1], 0 < sigmas ≤ 20, at least one direction and one group';
  return refuse('NUMBER_OUT_OF_RANGE', { field: 'breakdown', value: JSON.stringify(spec), expected });
}
