import { exp, log, log1p } from '../base/elementary.ts';
import { DAY_MS } from '../base/instant.ts';
import { drawNormal } from '../base/random.ts';
import type { Asset, AssetId } from '../product/product.ts';
import { ASSET_GROUPS, leaderOf, NUMERAIRE, ROOT } from './groups.ts';
import { defaultPrice, HABITS, STRANGER } from './habits.ts';

/**
 * The root's volatility per √day in three regimes that follow one another at random (mean stay in days), the rate of its jumps per day
 * at the middle regime and their size (Student t with 4 degrees of freedom), and how turmoil feeds itself: a large move adds
 * `excitementPerMove` times its size, which fades by half in `halfLifeDays`. Set so that minute paths have the daily moments of
 * `generated.ts`: standard deviation about 2.9 %, kurtosis above 5, correlation of absolute moves from day to day.
 */
const LAW = {
  sd: 0.029,
  factors: [0.55, 1, 2.4],
  stayDays: [4, 3, 0.6],
  toTurmoil: 0.35,
  jumpsPerDay: 0.8,
  jumpSd: 0.009,
  excitementPerMove: 8,
  excitementMax: 3,
  largeMoveSds: 5,
  halfLifeDays: 0.0625,
} as const;

/** Followers jump on their own too: so often a day, at this multiple of the residual's daily deviation. */
const OWN_JUMPS = { perDay: 0.5, sdFactor: 0.5 } as const;

/** Pegs: deviation with this standing deviation that halves within the hour. */
const PEG = { sd: 0.0005, halfLifeDays: 1 / 24 } as const;

/** ½ to the power of elapsed over half-life. */
export function halving(elapsedDays: number, halfLifeDays: number): number {
  return exp((-0.6931471805599453 * elapsedDays) / halfLifeDays);
}

type Walker = {
  readonly id: AssetId;
  readonly kind: 'root' | 'follower' | 'peg' | 'fixed';
  readonly leader: AssetId | null;
  /** Of the deviation for a peg. */
  logPrice: number;
  pendingLog: number;
};

/** Prices in continuous time, advanced by hand. Plain state: what `stepSpots` writes. */
export type SpotWalk = {
  readonly walkers: readonly Walker[];
  readonly draw: () => number;
  regime: number;
  /** Extra volatility after large moves, ≥ 0. */
  excitement: number;
};

/** Root first, leaders before followers, pegs last. */
export function openSpots(of: {
  readonly assets: readonly Asset[];
  readonly prices: ReadonlyMap<AssetId, number>;
  readonly draw: () => number;
}): SpotWalk {
  const assets = new Map(of.assets.map((asset) => [asset.id, asset]));
  const walkers = of.assets.map((asset): Walker => {
    const price = of.prices.get(asset.id) ?? defaultPrice(asset.id, assets);
    const { kind, leader } = placeOf(asset, assets);
    const target = kind === 'peg' ? (of.prices.get(leader!) ?? defaultPrice(leader!, assets)) : 1;
    return { id: asset.id, kind, leader, logPrice: log(price / target), pendingLog: 0 };
  });
  const order = (walker: Walker): number =>
    walker.kind === 'root' ? 0 : walker.kind === 'peg' ? 3 : walker.leader === ROOT ? 1 : 2;
  walkers.sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1));
  return { walkers, draw: of.draw, regime: 1, excitement: 0 };
}

function placeOf(asset: Asset, assets: ReadonlyMap<AssetId, Asset>): Pick<Walker, 'kind' | 'leader'> {
  if (asset.id === NUMERAIRE || asset.kind === 'fiat') return { kind: 'fixed', leader: null };
  if (asset.id === ROOT) return { kind: 'root', leader: null };
  if (asset.kind === 'stable' || asset.pegTo !== null) {
    return { kind: 'peg', leader: asset.pegTo !== null && assets.has(asset.pegTo) ? asset.pegTo : NUMERAIRE };
  }
  const known = (id: AssetId): boolean => assets.has(id);
  return { kind: 'follower', leader: leaderOf(asset.id, ASSET_GROUPS, { root: ROOT, known }) };
}

/** Moves an asset by a fraction > −1 at the next step. What is pegged to it goes with it. */
export function shockSpot(walk: SpotWalk, asset: AssetId, frac: number): void {
  const walker = walk.walkers.find(({ id }) => id === asset);
  if (walker !== undefined) walker.pendingLog += log1p(frac);
}

/**
 * Lets `days` pass. `imposed` prices (USD) are taken as they are, null stands still; everything else is drawn, followers from what their
 * leader did.
 * Gives the USD price of every asset.
 */
export function stepSpots(
  walk: SpotWalk,
  days: number,
  imposed: ReadonlyMap<AssetId, number | null>,
): ReadonlyMap<AssetId, number> {
  passRegimes(walk, days);
  const turmoil = LAW.factors[walk.regime]! * (1 + walk.excitement);
  const moves = new Map<AssetId, number>();
  const prices = new Map<AssetId, number>([[NUMERAIRE, 1]]);
  const rootMove = rootMoveOf(walk, days, turmoil);
  if (!walk.walkers.some(({ kind }) => kind === 'root')) moves.set(ROOT, rootMove);
  for (const walker of walk.walkers) {
    const drawn = walker.kind === 'root' ? rootMove : moveOf(walker, { walk, days, turmoil, moves });
    const target = walker.kind === 'peg' ? prices.get(walker.leader!)! : 1;
    const given = imposed.get(walker.id);
    const before = walker.logPrice;
    if (given === undefined) walker.logPrice = before + drawn + walker.pendingLog;
    else if (given !== null) walker.logPrice = log(given / target);
    walker.pendingLog = 0;
    moves.set(walker.id, given === undefined ? drawn : walker.logPrice - before);
    if (walker.kind === 'root') excite(walk, walker.logPrice - before, LAW.sd * turmoil * Math.sqrt(days));
    prices.set(walker.id, target * exp(walker.logPrice));
  }
  return prices;
}

type Step = {
  readonly walk: SpotWalk;
  readonly days: number;
  readonly turmoil: number;
  readonly moves: ReadonlyMap<AssetId, number>;
};

function moveOf(walker: Walker, { walk, days, turmoil, moves }: Step): number {
  if (walker.kind === 'fixed') return 0;
  if (walker.kind === 'peg') {
    const keep = halving(days, PEG.halfLifeDays);
    return (keep - 1) * walker.logPrice + PEG.sd * Math.sqrt(1 - keep * keep) * drawNormal(walk.draw);
  }
  const { beta, residualSd } = HABITS.get(walker.id) ?? STRANGER;
  const sd = residualSd * RESIDUAL_CALM * turmoil;
  const jump = jumpOf(walk, OWN_JUMPS.perDay * days, OWN_JUMPS.sdFactor * residualSd);
  const lead = moves.get(walker.leader ?? ROOT) ?? moves.get(ROOT) ?? 0;
  return beta * lead + sd * Math.sqrt(days) * drawNormal(walk.draw) + jump;
}

/** The root's volatility with regimes and excitement over its average; keeps residuals at the size of their table. */
const RESIDUAL_CALM = 0.93;

function rootMoveOf(walk: SpotWalk, days: number, turmoil: number): number {
  const sd = LAW.sd * turmoil * Math.sqrt(days);
  const jump = jumpOf(walk, LAW.jumpsPerDay * turmoil * days, LAW.jumpSd);
  return sd * drawNormal(walk.draw) + jump - 0.5 * sd * sd;
}

function jumpOf(walk: SpotWalk, expected: number, sd: number): number {
  const chance = 1 - exp(-expected);
  if (walk.draw() >= chance) return 0;
  const normal = drawNormal(walk.draw);
  const squares = -2 * (log(walk.draw()) + log(walk.draw()));
  return (sd * normal) / Math.sqrt(squares / 2);
}

function passRegimes(walk: SpotWalk, days: number): void {
  walk.excitement *= halving(days, LAW.halfLifeDays);
  if (walk.draw() < exp(-days / LAW.stayDays[walk.regime]!)) return;
  walk.regime = walk.regime !== 1 ? 1 : walk.draw() < LAW.toTurmoil ? 2 : 0;
}

function excite(walk: SpotWalk, move: number, sd: number): void {
  const size = Math.abs(move);
  if (!(size > LAW.largeMoveSds * sd)) return;
  walk.excitement = Math.min(LAW.excitementMax, walk.excitement + LAW.excitementPerMove * size);
}

/** Daily deviation of an asset's log returns in the middle regime: what its implied volatility hangs about. */
export function dailySd(asset: AssetId): number {
  if (asset === ROOT) return ROOT_SD;
  const { beta, residualSd } = HABITS.get(asset) ?? STRANGER;
  return Math.sqrt(beta * beta * ROOT_SD * ROOT_SD + residualSd * residualSd);
}

const ROOT_SD = 0.029;

/** How stirred the market is: 1 in the middle regime without a large move behind it. */
export function turmoilOf(walk: SpotWalk): number {
  return LAW.factors[walk.regime]! * (1 + walk.excitement);
}

/** Days between two moments. */
export function daysBetween(fromMs: number, toMs: number): number {
  return (toMs - fromMs) / DAY_MS;
}
