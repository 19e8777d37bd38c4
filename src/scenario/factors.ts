import { assert } from '../base/assert.ts';
import { type Failure, refuse } from '../base/failure.ts';
import { DAY_MS } from '../base/instant.ts';
import type { Asset, AssetId } from '../product/product.ts';
import type { Market } from '../market/market.ts';
import { refuseSeed } from './draws.ts';
import { type Follower, followerOf, isPegged, pegTarget, spotChanges, type SpotFill } from './fill-spot.ts';
import {
  basisChanges,
  calmOf,
  skewChanges,
  volLongChanges,
  volShortChanges,
  type VolFill,
} from './fill-vol.ts';
import { findSeries, observedChanges, OBSERVATIONS_MIN, stepsOf } from './fill.ts';
import { ASSET_GROUPS, type AssetGroup, NUMERAIRE, ROOT } from './groups.ts';
import { cutHistory, factorId, type History } from './history.ts';
import type { Factor } from './set.ts';

export type FactorRequest = {
  readonly history: History;
  /** No row that became known later than this is looked at. */
  readonly asOfMs: number;
  /** What must be simulated; see {@link factorsOfMarket}. */
  readonly factors: readonly Factor[];
  /** For pegs; an asset that is not in it is taken for a coin. */
  readonly assets: readonly Asset[];
  readonly groups?: readonly AssetGroup[];
  /** Of the residuals that stand in for missing returns. */
  readonly seed: number;
};

/**
 * One-step changes of every factor since the root asset has prices, without gaps: log returns for spot and vol, differences for skew
 * and basis. `changes[f · count + t]`; `seen` is 1 where both levels were in the history, 0 where the rule for missing returns spoke.
 * Nothing in it depends on rows that were known after `asOfMs`.
 */
export type FactorModel = {
  readonly asOfMs: number;
  readonly stepDays: number;
  readonly seed: number;
  readonly root: AssetId;
  readonly factors: readonly Factor[];
  readonly count: number;
  /** Moment and label of the end of each step. */
  readonly endMs: Float64Array;
  readonly endLabels: readonly string[];
  readonly changes: Float64Array;
  readonly seen: Uint8Array;
  /** For every spot factor that is not pegged, and the leaders of these: what it follows, how closely. */
  readonly followers: ReadonlyMap<AssetId, Follower>;
  /** For every one of these: the root's volatility over its own, at most 1. */
  readonly calms: ReadonlyMap<AssetId, number>;
  /** Spot factors that are held to a peg, and the coin that each stands for (null: the numeraire). */
  readonly pegs: ReadonlyMap<AssetId, AssetId | null>;
};

/**
 * Every factor that a market's instruments and assets need: the USD price of each asset but {@link NUMERAIRE}, volatility at both
 * tenors and skew of each underlying with options, basis of each underlying with options or futures. Ordered by factor id.
 */
export function factorsOfMarket(market: Market): Factor[] {
  const factors = new Map<string, Factor>();
  const need = (asset: AssetId, ...kinds: Factor['kind'][]): void => {
    for (const kind of kinds) factors.set(factorId({ asset, kind }), { asset, kind });
  };
  for (const id of market.assets.keys()) if (id !== NUMERAIRE) need(id, 'spot');
  for (const product of market.products.values()) {
    if (product.underlying !== NUMERAIRE) need(product.underlying, 'spot');
    if (product.settle !== NUMERAIRE) need(product.settle, 'spot');
    if (product.kind === 'option') need(product.underlying, 'volShort', 'volLong', 'skew', 'basis');
    if (product.kind === 'future') need(product.underlying, 'basis');
  }
  return [...factors.values()].sort((a, b) => (factorId(a) < factorId(b) ? -1 : 1));
}

/**
 * Turns a history into gap-free changes of the required factors, as known at `asOfMs`.
 *
 * Missing price returns: beta to the leader of the asset's group plus a residual that one of its peers had on the same day, scaled to
 * the asset's own residual size (`fill-spot.ts`); pegged assets keep their peg but for a small residual. Missing volatility, skew and
 * basis: {@link SpotVolModel}, never frozen. Draws depend on (seed, factor, moment) only.
 * Refuses HISTORY_TOO_SHORT where the root asset has fewer than {@link OBSERVATIONS_MIN} returns up to `asOfMs`.
 */
export function fitFactors(request: FactorRequest): FactorModel | Failure {
  const badSeed = refuseSeed(request.seed);
  if (badSeed !== null) return badSeed;
  const history = cutHistory(request.history, request.asOfMs);
  const root = rootOf(history);
  const rootSeries = root === null ? undefined : findSeries(history, root, 'spot');
  const steps = rootSeries === undefined ? null : stepsOf(rootSeries);
  if (root === null || steps === null || steps.count < OBSERVATIONS_MIN) {
    const expected = `at least ${OBSERVATIONS_MIN} returns of ${root ?? ROOT} up to the time asked for`;
    return refuse('HISTORY_TOO_SHORT', { field: 'history', value: steps?.count ?? 0, expected });
  }
  const stepDays = history.stepMs / DAY_MS;
  const endMs = Float64Array.from(steps.rows.subarray(1), (row) => history.timesMs[row]!);
  const spot: SpotFill = {
    history,
    steps,
    root,
    groups: request.groups ?? ASSET_GROUPS,
    assets: new Map(request.assets.map((asset) => [asset.id, asset])),
    seed: request.seed,
    endMs,
    rootDays: Math.sqrt(stepDays),
    seen: new Map(),
    loadings: new Map(),
    complete: new Map(),
  };
  const vol: VolFill = { spot, complete: new Map() };
  return assemble({ request, spot, vol, stepDays });
}

function assemble(of: {
  request: FactorRequest;
  spot: SpotFill;
  vol: VolFill;
  stepDays: number;
}): FactorModel {
  const { request, spot, vol, stepDays } = of;
  const { steps, history } = spot;
  const { factors } = request;
  const changes = new Float64Array(factors.length * steps.count);
  const seen = new Uint8Array(factors.length * steps.count);
  const followers = new Map<AssetId, Follower>();
  const calms = new Map<AssetId, number>();
  const pegs = new Map<AssetId, AssetId | null>();
  for (const [f, factor] of factors.entries()) {
    const values = changesOf(factor, spot, vol);
    assert(values.length === steps.count, 'one change per step');
    changes.set(values, f * steps.count);
    const series = findSeries(history, factor.asset, factor.kind);
    seen.set(observedChanges(series, steps).observed, f * steps.count);
    if (factor.kind !== 'spot') continue;
    let follows: AssetId | null = factor.asset;
    if (isPegged(follows, spot)) {
      const target = pegTarget(follows, spot);
      pegs.set(follows, target);
      follows = target;
    }
    while (follows !== null && !followers.has(follows)) {
      const follower = followerOf(follows, spot);
      followers.set(follows, follower);
      calms.set(follows, calmOf(follows, spot));
      follows = follower.leader;
    }
  }
  return {
    asOfMs: request.asOfMs,
    stepDays,
    seed: request.seed,
    root: spot.root,
    factors,
    count: steps.count,
    endMs: spot.endMs,
    endLabels: Array.from(steps.rows.subarray(1), (row) => history.labels[row]!),
    changes,
    seen,
    followers,
    calms,
    pegs,
  };
}

function changesOf(factor: Factor, spot: SpotFill, vol: VolFill): Float64Array {
  switch (factor.kind) {
    case 'spot':
      return spotChanges(factor.asset, spot);
    case 'volShort':
      return volShortChanges(factor.asset, vol);
    case 'volLong':
      return volLongChanges(factor.asset, vol);
    case 'skew':
      return skewChanges(factor.asset, vol);
    case 'basis':
      return basisChanges(factor.asset, vol);
  }
}

/** BTC where the history has it, otherwise the price seen most often (the first by name among equals); null without prices. */
function rootOf(history: History): AssetId | null {
  let best: AssetId | null = null;
  let most = 0;
  for (const { factor, present } of history.series) {
    if (factor.kind !== 'spot') continue;
    let seen = 0;
    for (let i = 0; i < present.length; i += 1) seen += present[i]!;
    if (factor.asset === ROOT && seen > OBSERVATIONS_MIN) return ROOT;
    if (seen > most) {
      best = factor.asset;
      most = seen;
    }
  }
  return best;
}

/** The changes of one factor of a model, as a view. */
export function changesAt(model: FactorModel, f: number): Float64Array {
  return model.changes.subarray(f * model.count, (f + 1) * model.count);
}
