import { expm1 } from '../../base/elementary.ts';
import { type Failure, isFailure } from '../../base/failure.ts';
import { cholesky, nearestCorrelation, shrink } from '../../base/matrix.ts';
import type { Market } from '../../market/market.ts';
import type { AssetId, Derivative } from '../../product/product.ts';
import { secondMoments, toCorrelation } from '../../scenario/correlation.ts';
import { changesAt, type FactorModel } from '../../scenario/factors.ts';
import { type FilterSpec, volatilityPath } from '../../scenario/families/filtered-set.ts';
import { repriceAll } from '../../scenario/reprice.ts';
import type { Factor, PnlMatrix, ScenarioSet } from '../../scenario/set.ts';
import { shocksOfMove } from '../../scenario/spot-vol.ts';
import { DEFAULT_FORM, type DesignPoint, findDesignPoint, type HarmOf } from './form.ts';

/** Joint normal law of one-day log returns of what is not pegged: standard normal coordinates y make the move L·y. */
export type MoveLaw = {
  readonly assets: readonly AssetId[];
  /** Lower triangle of the covariance's Cholesky factor, row by row, n × n. */
  readonly lower: Float64Array;
};

const EIGENVALUE_MIN = 1e-8;
const SHRINK_FRAC = 0.05;

/** The law of tomorrow's moves: today's volatilities, the long-run correlation. Refuses what its parts refuse. */
export function moveLawOf(model: FactorModel, filter: FilterSpec): MoveLaw | Failure {
  const places = model.factors.flatMap(({ asset, kind }, f) =>
    kind === 'spot' && !model.pegs.has(asset) ? [f] : [],
  );
  const changes = places.map((f) => changesAt(model, f));
  const moments = secondMoments(changes);
  if (isFailure(moments)) return moments;
  const correlation = toCorrelation(moments);
  if (isFailure(correlation)) return correlation;
  const n = places.length;
  const identity = Float64Array.from(correlation, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  const shrunk = shrink(correlation, identity, SHRINK_FRAC);
  const repaired = nearestCorrelation(shrunk, { n, floor: EIGENVALUE_MIN });
  if (isFailure(repaired)) return repaired;
  const lower = cholesky(repaired, n);
  if (isFailure(lower)) return lower;
  const scaled = new Float64Array(n * n);
  for (const [i, series] of changes.entries()) {
    const path = volatilityPath(series, filter);
    if (isFailure(path)) return path;
    const sigma = path.next / Math.sqrt(model.stepDays);
    for (let j = 0; j <= i; j += 1) scaled[i * n + j] = sigma * lower[i * n + j]!;
  }
  return { assets: places.map((f) => model.factors[f]!.asset), lower: scaled };
}

/** Simple returns of the assets at a point in standard normal coordinates. */
function movesAt({ assets, lower }: MoveLaw, point: Float64Array): Float64Array {
  const n = assets.length;
  const moves = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    let sum = 0;
    for (let j = 0; j <= i; j += 1) sum += lower[i * n + j]! * point[j]!;
    moves[i] = expm1(Math.max(LOG_MIN, Math.min(LOG_MAX, sum)));
  }
  return moves;
}

/** Logs beyond which no price is believed: −98 % and a factor of 55. */
const LOG_MIN = -4;
const LOG_MAX = 4;

export type ReverseInput = {
  readonly law: MoveLaw;
  readonly model: FactorModel;
  readonly market: Market;
  readonly products: readonly Derivative[];
  /** Harm in every scenario of a matrix, ≥ 0 where it happens. */
  readonly harm: (matrix: PnlMatrix) => Float64Array;
  /** Extra starting moves, as simple returns by asset. */
  readonly starts: readonly ReadonlyMap<AssetId, number>[];
};

/** The least severe move that does the harm. */
export type ReverseStress = {
  readonly distance: number;
  readonly moves: ReadonlyMap<AssetId, number>;
  readonly harm: number;
};

/**
 * Reverse stress: the joint move of prices with the smallest Mahalanobis distance that does the harm; volatility, skew and basis follow
 * the prices, pegs hold. Null where no move within {@link DEFAULT_FORM}'s range does it. Refuses what repricing refuses.
 */
export function findReverseStress(input: ReverseInput): ReverseStress | null | Failure {
  const { law } = input;
  let refusal: Failure | null = null;
  const harm: HarmOf = (points) => {
    const matrix = repriceAll(input.products, input.market, setOf(input, points));
    if (!isFailure(matrix)) return input.harm(matrix);
    refusal ??= matrix;
    return new Float64Array(points.length).fill(-1);
  };
  const n = law.assets.length;
  const directions = [...commonDirections(n), ...input.starts.map((moves) => pointOf(law, moves))];
  const found: DesignPoint | null = findDesignPoint(harm, directions, { ...DEFAULT_FORM, dimension: n });
  if (refusal !== null) return refusal;
  if (found === null) return null;
  const moves = movesAt(law, found.point);
  return {
    distance: found.distance,
    harm: found.harm,
    moves: new Map(law.assets.map((asset, i) => [asset, moves[i]!])),
  };
}

/** Everything down, everything up, and each axis both ways. */
function commonDirections(n: number): Float64Array[] {
  const axis = (i: number, sign: number): Float64Array =>
    Float64Array.from({ length: n }, (_, j) => (j === i ? sign : 0));
  const down = axis(0, -1);
  return [down, axis(0, 1), ...Array.from({ length: n }, (_, i) => [axis(i, 1), axis(i, -1)]).flat()];
}

/** Standard normal coordinates whose first-order move is the given one: forward substitution on logs. */
function pointOf({ assets, lower }: MoveLaw, moves: ReadonlyMap<AssetId, number>): Float64Array {
  const n = assets.length;
  const point = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    let sum = moves.get(assets[i]!) ?? 0;
    for (let j = 0; j < i; j += 1) sum -= lower[i * n + j]! * point[j]!;
    point[i] = lower[i * n + i]! > 0 ? sum / lower[i * n + i]! : 0;
  }
  return point;
}

function setOf({ law, model }: ReverseInput, points: readonly Float64Array[]): ScenarioSet {
  const count = points.length;
  const spots = points.map((point) => {
    const moves = movesAt(law, point);
    return new Map(law.assets.map((asset, i) => [asset, moves[i]!]));
  });
  const shocks = new Float64Array(model.factors.length * count);
  for (const [f, factor] of model.factors.entries()) {
    for (let s = 0; s < count; s += 1) shocks[f * count + s] = shockOf(model, factor, spots[s]!);
  }
  const names = points.map((_, s) => `point ${s}`);
  return { id: 'reverse', family: 'stress', horizonDays: 1, count, names, factors: model.factors, shocks };
}

function shockOf(model: FactorModel, factor: Factor, spots: ReadonlyMap<AssetId, number>): number {
  const target = model.pegs.has(factor.asset) ? model.pegs.get(factor.asset)! : factor.asset;
  const spot = target === null ? 0 : (spots.get(target) ?? 0);
  if (factor.kind === 'spot') return spot;
  return shocksOfMove(spot, model.calms.get(factor.asset) ?? 1)[factor.kind];
}

/** Harm as the fund sees it: losses beyond resources less the fund, summed over the accounts, per fund USD. */
export function fundExhausted(
  accounts: readonly { readonly pnl: Float64Array; readonly resourcesUsd: number }[],
  fundUsd: number,
): Float64Array {
  const count = accounts[0]?.pnl.length ?? 0;
  const harm = new Float64Array(count);
  for (let s = 0; s < count; s += 1) {
    let beyond = 0;
    for (const { pnl, resourcesUsd } of accounts) beyond += Math.max(0, -pnl[s]! - resourcesUsd);
    harm[s] = (beyond - fundUsd) / fundUsd;
  }
  return harm;
}

/** Harm as the desk sees it: 0 where exactly the given share of accounts has lost its headroom; relative to what each has. */
export function shareInCall(
  accounts: readonly { readonly pnl: Float64Array; readonly resourcesUsd: number }[],
  share: number,
): Float64Array {
  const count = accounts[0]?.pnl.length ?? 0;
  const needed = Math.max(1, Math.ceil(share * accounts.length));
  const harm = new Float64Array(count);
  const used = new Float64Array(accounts.length);
  for (let s = 0; s < count; s += 1) {
    for (const [a, { pnl, resourcesUsd }] of accounts.entries()) {
      used[a] = (-pnl[s]! - resourcesUsd) / Math.max(1, resourcesUsd);
    }
    harm[s] = used.slice().sort()[accounts.length - needed]!;
  }
  return harm;
}
