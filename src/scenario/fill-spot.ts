import { meanSquare } from '../base/moments.ts';
import type { Asset, AssetId } from '../product/product.ts';
import { studentFourAt, uniformAt } from './draws.ts';
import {
  type Changes,
  completeChanges,
  findSeries,
  fitLoading,
  type Loading,
  OBSERVATIONS_MIN,
  observedChanges,
  type Steps,
} from './fill.ts';
import { type AssetGroup, groupOf, leaderOf, NUMERAIRE } from './groups.ts';
import type { History } from './history.ts';

/**
 * Daily standard deviation of a peg that nobody observed, with fat tails: the largest stablecoins had 6 to 8 basis points against
 * each other from 2021 to 2025, moves of several per cent included.
 */
const PEG_SD = 0.0008;

/** Everything that filling the prices needs, and what is already filled. */
export type SpotFill = {
  readonly history: History;
  readonly steps: Steps;
  readonly root: AssetId;
  readonly groups: readonly AssetGroup[];
  readonly assets: ReadonlyMap<AssetId, Asset>;
  readonly seed: number;
  readonly endMs: Float64Array;
  /** √ of the days in a step. */
  readonly rootDays: number;
  readonly seen: Map<AssetId, Changes>;
  /** Loadings on the assets' leaders; null where there are too few observations for one. */
  readonly loadings: Map<AssetId, Loading | null>;
  readonly complete: Map<AssetId, Float64Array>;
};

/** What an asset follows; the root follows nothing (`leader` null, beta 0). `borrowed` where peers lent the figures. */
export type Follower = {
  readonly leader: AssetId | null;
  readonly beta: number;
  readonly residualSd: number;
  readonly borrowed: boolean;
};

/**
 * Log returns of an asset's USD price at every step, without gaps (SCENARIO-013, SCENARIO-015).
 * The root has none. A follower's missing return is beta · leader's return + a residual: on that day, one of the peers that had a
 * return lends its own, scaled to the follower's residual size, so that calm and turmoil stay where they were; on a day without peers
 * a residual of another day is drawn. A pegged asset's is its target's return + a residual of the pegged assets, or of
 * {@link PEG_SD} where the history has none.
 */
export function spotChanges(asset: AssetId, fill: SpotFill): Float64Array {
  const known = fill.complete.get(asset);
  if (known !== undefined) return known;
  const seen = seenSpot(asset, fill);
  const values = isPegged(asset, fill)
    ? completePegged(asset, seen, fill)
    : completeFollower(asset, seen, fill);
  fill.complete.set(asset, values);
  return values;
}

/** What an asset without a peg follows, and how (SCENARIO-014). */
export function followerOf(asset: AssetId, fill: SpotFill): Follower {
  const leader = leaderIn(asset, fill);
  if (leader === null) return { leader, beta: 0, residualSd: 0, borrowed: false };
  const own = loadingOn(asset, leader, fill);
  if (own !== null) return { leader, beta: own.beta, residualSd: own.residualSd, borrowed: false };
  const peers = peersOf(asset, fill).map((peer) => peer.loading);
  const riskier = (pick: (loading: Loading) => number): number | undefined => upperQuartile(peers.map(pick));
  const leaderSd = Math.sqrt(meanSquare(spotChanges(leader, fill)));
  return {
    leader,
    beta: riskier((loading) => loading.beta) ?? 1,
    residualSd: riskier((loading) => loading.residualSd) ?? leaderSd,
    borrowed: true,
  };
}

/** A stablecoin, or anything that is issued against another asset. */
export function isPegged(asset: AssetId, fill: SpotFill): boolean {
  const known = fill.assets.get(asset);
  return asset !== fill.root && known !== undefined && (known.kind === 'stable' || known.pegTo !== null);
}

/** The coin that a pegged asset stands for in the end; null for the numeraire, also where pegs run in a circle. */
export function pegTarget(asset: AssetId, fill: SpotFill): AssetId | null {
  const passed = new Set<AssetId>();
  let target: AssetId | null = asset;
  while (target !== null && isPegged(target, fill)) {
    if (passed.has(target)) return null;
    passed.add(target);
    target = fill.assets.get(target)!.pegTo;
  }
  return target === NUMERAIRE ? null : target;
}

function seenSpot(asset: AssetId, fill: SpotFill): Changes {
  let seen = fill.seen.get(asset);
  if (seen === undefined) {
    seen = observedChanges(findSeries(fill.history, asset, 'spot'), fill.steps);
    fill.seen.set(asset, seen);
  }
  return seen;
}

function loadingOn(asset: AssetId, leader: AssetId, fill: SpotFill): Loading | null {
  let loading = fill.loadings.get(asset);
  if (loading === undefined) {
    loading = fitLoading(seenSpot(asset, fill), seenSpot(leader, fill));
    fill.loadings.set(asset, loading);
  }
  return loading;
}

function leaderIn(asset: AssetId, fill: SpotFill): AssetId | null {
  const known = (id: AssetId): boolean => findSeries(fill.history, id, 'spot') !== undefined;
  return leaderOf(asset, fill.groups, { root: fill.root, known });
}

type Peer = {
  readonly seen: Changes;
  readonly leader: Float64Array;
  readonly loading: Loading;
  /** Steps at which it was seen. */
  readonly days: Int32Array;
};

/** The other members of the asset's group that have a beta of their own, by name. */
function peersOf(asset: AssetId, fill: SpotFill): Peer[] {
  const group = groupOf(asset, fill.groups);
  const leader = leaderIn(asset, fill);
  const peers: Peer[] = [];
  if (leader === null) return peers;
  for (const { factor } of fill.history.series) {
    const id = factor.asset;
    if (factor.kind !== 'spot' || id === asset || id === leader || id === fill.root) continue;
    if (isPegged(id, fill) || groupOf(id, fill.groups) !== group || leaderIn(id, fill) !== leader) continue;
    const loading = loadingOn(id, leader, fill);
    if (loading === null) continue;
    const seen = seenSpot(id, fill);
    const days = Int32Array.from(seen.observed.keys()).filter((step) => seen.observed[step] === 1);
    peers.push({ seen, leader: spotChanges(leader, fill), loading, days });
  }
  return peers;
}

function completeFollower(asset: AssetId, seen: Changes, fill: SpotFill): Float64Array {
  const follower = followerOf(asset, fill);
  if (follower.leader === null) return seen.values;
  if (!seen.observed.includes(0)) return seen.values;
  const leader = spotChanges(follower.leader, fill);
  const peers = peersOf(asset, fill);
  return completeChanges(seen, (step) => {
    const residual = lentResidual({ asset, step, peers, fill });
    return follower.beta * leader[step]! + follower.residualSd * residual;
  });
}

/** A residual in units of its owner's standard deviation. */
function lentResidual(of: { asset: AssetId; step: number; peers: readonly Peer[]; fill: SpotFill }): number {
  const { asset, step, peers, fill } = of;
  const stream = `${asset}:residual`;
  const timeMs = fill.endMs[step]!;
  if (peers.length === 0) return studentFourAt(fill.seed, stream, timeMs);
  const pick = uniformAt(fill.seed, stream, timeMs);
  let today = 0;
  for (const peer of peers) today += peer.seen.observed[step]!;
  let skip = Math.floor(pick * today);
  for (const peer of peers) {
    if (peer.seen.observed[step] === 0) continue;
    if (skip === 0) return residualOf(peer, step);
    skip -= 1;
  }
  const peer = peers[Math.floor(pick * peers.length)]!;
  const place = uniformAt(fill.seed, `${stream}:day`, timeMs);
  return residualOf(peer, peer.days[Math.floor(place * peer.days.length)]!);
}

function residualOf(peer: Peer, step: number): number {
  const residual = peer.seen.values[step]! - peer.loading.beta * peer.leader[step]!;
  return peer.loading.residualSd === 0 ? 0 : residual / peer.loading.residualSd;
}

function completePegged(asset: AssetId, seen: Changes, fill: SpotFill): Float64Array {
  if (!seen.observed.includes(0)) return seen.values;
  const target = pegTarget(asset, fill);
  const follows = target === null ? null : spotChanges(target, fill);
  const others = peggedPeers(asset, fill);
  const sd = PEG_SD * fill.rootDays;
  return completeChanges(seen, (step) => {
    const timeMs = fill.endMs[step]!;
    const today = others.filter((peer) => peer.observed[step] === 1);
    const pick = Math.floor(uniformAt(fill.seed, `${asset}:peg`, timeMs) * today.length);
    const residual = today[pick]?.values[step] ?? sd * studentFourAt(fill.seed, `${asset}:peg`, timeMs);
    return (follows === null ? 0 : follows[step]!) + residual;
  });
}

/** Assets pegged to the numeraire with a history of their own: their returns are what a peg does. */
function peggedPeers(asset: AssetId, fill: SpotFill): Changes[] {
  const peers: Changes[] = [];
  for (const { factor } of fill.history.series) {
    if (factor.kind !== 'spot' || factor.asset === asset || !isPegged(factor.asset, fill)) continue;
    const seen = seenSpot(factor.asset, fill);
    let count = 0;
    for (let t = 0; t < seen.observed.length; t += 1) count += seen.observed[t]!;
    if (pegTarget(factor.asset, fill) === null && count >= OBSERVATIONS_MIN) peers.push(seen);
  }
  return peers;
}

function upperQuartile(values: readonly number[]): number | undefined {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.ceil(0.75 * sorted.length) - 1];
}
