import { type Failure, isFailure } from '../../base/failure.ts';
import type { AssetId } from '../../product/product.ts';
import { repriceAll } from '../../scenario/reprice.ts';
import type { Factor, ScenarioSet } from '../../scenario/set.ts';
import { shocksOfMove } from '../../scenario/spot-vol.ts';
import { pnlOf, type Venue, type VenueAccount } from '../venue.ts';

/**
 * What the market takes: the price moves by impact · σ · √(traded / daily volume), whatever slices it was traded in. `permanentFrac` of it
 * counts all that was traded, the rest what was traded lately, of which `recoveryFrac` is forgotten every round.
 */
export type CascadeDepth = {
  readonly impact: number;
  /** USD a day, per asset; `other` for what is not named. */
  readonly dailyVolumeUsd: Readonly<Record<string, number>> & { readonly other: number };
  readonly permanentFrac: number;
  readonly recoveryFrac: number;
};

export type CascadeRules = {
  readonly depth: CascadeDepth;
  /** An account below maintenance is cut until maintenance / equity is this. */
  readonly targetRatio: number;
  /** Most that is sold of one asset in a round, as a share of its daily volume; null = no pacing. */
  readonly paceFrac: number | null;
  /** A fall or rise of any asset by more than this within a round pauses liquidations for `pauseRounds`; null = no breaker. */
  readonly breakerFrac: number | null;
  readonly pauseRounds: number;
  readonly roundsMax: number;
};

export const DEFAULT_CASCADE: CascadeRules = {
  depth: { impact: 1, dailyVolumeUsd: { other: 100_000_000 }, permanentFrac: 0.5, recoveryFrac: 0.3 },
  targetRatio: 0.9,
  paceFrac: null,
  breakerFrac: null,
  pauseRounds: 5,
  roundsMax: 200,
};

export type CascadeRound = {
  readonly liquidated: number;
  readonly soldUsd: number;
  /** Move of the asset that moved most so far, from before the shock. */
  readonly worstMove: number;
  readonly paused: boolean;
};

export type CascadeOutcome = {
  readonly rounds: readonly CascadeRound[];
  /** Accounts that were cut at least once, and those that ended below zero. */
  readonly cut: readonly string[];
  readonly bankrupt: readonly { readonly id: string; readonly deficitUsd: number }[];
  readonly deficitUsd: number;
  readonly soldUsd: number;
  readonly shock: ReadonlyMap<AssetId, number>;
  readonly trough: ReadonlyMap<AssetId, number>;
  /** Mean over shocked assets, weighted by the size of the shock: deepest move over the shock; 1 = no amplification. */
  readonly amplification: number;
  /** False where the last round still sold. */
  readonly rested: boolean;
};

type Live = {
  readonly account: VenueAccount;
  readonly deltas: ReadonlyMap<AssetId, number>;
  left: number;
  realisedUsd: number;
  pnlUsd: number;
  cut: boolean;
};

type Book = {
  readonly venue: Venue;
  readonly rules: CascadeRules;
  readonly sigmas: ReadonlyMap<AssetId, number>;
  readonly live: readonly Live[];
  readonly shock: ReadonlyMap<AssetId, number>;
  /** Net bought since the start, and lately, USD; sales below 0. */
  readonly traded: Map<AssetId, number>;
  readonly lately: Map<AssetId, number>;
};

const BUMP = 0.01;

/**
 * Lets a shock run through the venue until it rests: accounts below maintenance sell into depth, prices move, accounts are valued anew.
 * Maintenance of what is left is that of the start, in proportion. `sigmas`: daily volatility per asset. Refuses what repricing refuses.
 */
export function runCascade(
  venue: Venue,
  shock: ReadonlyMap<AssetId, number>,
  by: { readonly rules: CascadeRules; readonly sigmas: ReadonlyMap<AssetId, number> },
): CascadeOutcome | Failure {
  const live = startAccounts(venue);
  if (isFailure(live)) return live;
  const book: Book = { venue, ...by, live, shock, traded: new Map(), lately: new Map() };
  const rounds: CascadeRound[] = [];
  const trough = new Map(shock);
  let pause = 0;
  let rested = false;
  for (let r = 0; r < by.rules.roundsMax && !rested; r += 1) {
    const before = movesNow(book);
    const valued = valueAll(book, before);
    if (isFailure(valued)) return valued;
    const paused = pause > 0;
    const sold = paused ? noSale() : sellRound(book);
    recover(book);
    for (const [asset, usd] of sold.byAsset) {
      book.traded.set(asset, (book.traded.get(asset) ?? 0) + usd);
      book.lately.set(asset, (book.lately.get(asset) ?? 0) + usd);
    }
    const after = movesNow(book);
    for (const [asset, move] of after) {
      if (Math.abs(move) > Math.abs(trough.get(asset) ?? 0)) trough.set(asset, move);
    }
    rounds.push({ liquidated: sold.accounts, soldUsd: sold.usd, worstMove: worstOf(after), paused });
    pause = paused ? pause - 1 : tripped(before, after, by.rules) ? by.rules.pauseRounds : 0;
    rested = sold.usd === 0 && !paused;
  }
  return summarise(book, { rounds, trough, rested });
}

function startAccounts(venue: Venue): Live[] | Failure {
  const assets = venue.model.factors.flatMap(({ asset, kind }) => (kind === 'spot' ? [asset] : []));
  const set = setOf(
    venue,
    assets.map((asset) => new Map([[asset, BUMP]])),
  );
  const matrix = repriceAll(venue.products, venue.market, set);
  if (isFailure(matrix)) return matrix;
  return venue.accounts.map((account) => {
    const pnl = pnlOf(account, matrix);
    const deltas = new Map(assets.map((asset, s) => [asset, pnl[s]! / BUMP] as const));
    return { account, deltas, left: 1, realisedUsd: 0, pnlUsd: 0, cut: false };
  });
}

/** Moves from before the shock: shock, then impact on top. */
function movesNow(book: Book): Map<AssetId, number> {
  const moves = new Map(book.shock);
  const { permanentFrac } = book.rules.depth;
  for (const asset of book.traded.keys()) {
    const lasting = permanentFrac * impactOf(book, asset, book.traded.get(asset)!);
    const passing = (1 - permanentFrac) * impactOf(book, asset, book.lately.get(asset)!);
    const pressed = Math.max(FALL_MAX, lasting + passing);
    moves.set(asset, (1 + (book.shock.get(asset) ?? 0)) * (1 + pressed) - 1);
  }
  return moves;
}

const FALL_MAX = -0.95;

/** Move of the price by a net purchase of `usd`; a sale lowers it. */
function impactOf({ rules, sigmas }: Book, asset: AssetId, usd: number): number {
  const share = Math.abs(usd) / volumeOf(rules.depth, asset);
  return Math.sign(usd) * rules.depth.impact * (sigmas.get(asset) ?? 0) * Math.sqrt(share);
}

function valueAll({ venue, live }: Book, moves: ReadonlyMap<AssetId, number>): Failure | null {
  const matrix = repriceAll(venue.products, venue.market, setOf(venue, [moves]));
  if (isFailure(matrix)) return matrix;
  for (const one of live) one.pnlUsd = pnlOf(one.account, matrix)[0]!;
  return null;
}

/** Volatility, skew and basis follow the prices by the spot–vol rule. */
function setOf(venue: Venue, cases: readonly ReadonlyMap<AssetId, number>[]): ScenarioSet {
  const { factors, calms, pegs } = venue.model;
  const count = cases.length;
  const shocks = new Float64Array(factors.length * count);
  const shockOf = ({ asset, kind }: Factor, moves: ReadonlyMap<AssetId, number>): number => {
    const peg = pegs.get(asset);
    const spot = moves.get(asset) ?? (peg === undefined || peg === null ? 0 : (moves.get(peg) ?? 0));
    return kind === 'spot' ? spot : shocksOfMove(spot, calms.get(asset) ?? 1)[kind];
  };
  for (const [f, factor] of factors.entries()) {
    for (const [s, moves] of cases.entries()) shocks[f * count + s] = shockOf(factor, moves);
  }
  const names = cases.map((_, s) => `case ${s}`);
  return { id: 'cascade', family: 'stress', horizonDays: 1, count, names, factors, shocks };
}

type Sale = {
  readonly accounts: number;
  readonly usd: number;
  readonly byAsset: ReadonlyMap<AssetId, number>;
};

function noSale(): Sale {
  return { accounts: 0, usd: 0, byAsset: new Map() };
}

function equityOf({ account, realisedUsd, left, pnlUsd }: Live): number {
  return account.resourcesUsd + realisedUsd + left * pnlUsd;
}

/** Share of the whole start position to be closed so that maintenance / equity comes down to the target; all of what is left if need be. */
function shareToClose(one: Live, targetRatio: number): number {
  const equity = equityOf(one);
  const maintenance = one.left * one.account.maintenanceUsd;
  if (one.left <= 0 || maintenance <= equity) return 0;
  const kept = equity <= 0 ? 0 : (targetRatio * equity) / one.account.maintenanceUsd;
  const share = one.left - Math.max(0, kept);
  return share < LEAST_SHARE ? Math.min(one.left, LEAST_SHARE) : share;
}

const LEAST_SHARE = 0.01;

/** Closes what must be closed, each asset within its pace: all accounts are cut by the same factor where the pace binds. */
function sellRound({ live, rules }: Book): Sale {
  const wanted = live.map((one) => shareToClose(one, rules.targetRatio));
  const gross = new Map<AssetId, number>();
  for (const [i, one] of live.entries()) {
    for (const [asset, usd] of one.deltas) {
      const traded = Math.abs(wanted[i]! * usd);
      if (traded > 0) gross.set(asset, (gross.get(asset) ?? 0) + traded);
    }
  }
  const allowed = (asset: AssetId): number => {
    if (rules.paceFrac === null) return 1;
    const most = rules.paceFrac * volumeOf(rules.depth, asset);
    return Math.min(1, most / gross.get(asset)!);
  };
  const byAsset = new Map<AssetId, number>();
  let accounts = 0;
  let usd = 0;
  for (const [i, one] of live.entries()) {
    if (wanted[i] === 0) continue;
    const touched = [...one.deltas].filter(([, delta]) => delta !== 0).map(([asset]) => asset);
    const share = wanted[i]! * Math.min(1, ...touched.map(allowed));
    for (const [asset, delta] of one.deltas) {
      if (delta === 0) continue;
      byAsset.set(asset, (byAsset.get(asset) ?? 0) - share * delta);
      usd += Math.abs(share * delta);
    }
    one.realisedUsd += share * one.pnlUsd;
    one.left -= share;
    one.cut = true;
    accounts += 1;
  }
  return { accounts, usd, byAsset };
}

function volumeOf(depth: CascadeDepth, asset: AssetId): number {
  return depth.dailyVolumeUsd[asset] ?? depth.dailyVolumeUsd.other;
}

function recover({ lately, rules }: Book): void {
  for (const [asset, usd] of lately) lately.set(asset, (1 - rules.depth.recoveryFrac) * usd);
}

function tripped(
  before: ReadonlyMap<AssetId, number>,
  after: ReadonlyMap<AssetId, number>,
  rules: CascadeRules,
): boolean {
  if (rules.breakerFrac === null) return false;
  for (const [asset, move] of after) {
    const step = (1 + move) / (1 + (before.get(asset) ?? 0)) - 1;
    if (Math.abs(step) > rules.breakerFrac) return true;
  }
  return false;
}

function worstOf(moves: ReadonlyMap<AssetId, number>): number {
  let worst = 0;
  for (const move of moves.values()) if (Math.abs(move) > Math.abs(worst)) worst = move;
  return worst;
}

function summarise(
  { live, shock }: Book,
  by: {
    readonly rounds: readonly CascadeRound[];
    readonly trough: ReadonlyMap<AssetId, number>;
    readonly rested: boolean;
  },
): CascadeOutcome {
  const bankrupt = live.flatMap((one) => {
    const equity = equityOf(one);
    return equity < 0 ? [{ id: one.account.id, deficitUsd: -equity }] : [];
  });
  bankrupt.sort((a, b) => b.deficitUsd - a.deficitUsd || (a.id < b.id ? -1 : 1));
  let shocked = 0;
  let reached = 0;
  for (const [asset, move] of shock) {
    shocked += Math.abs(move);
    reached += Math.abs(by.trough.get(asset)!);
  }
  return {
    ...by,
    cut: live.filter(({ cut }) => cut).map(({ account }) => account.id),
    bankrupt,
    deficitUsd: bankrupt.reduce((sum, { deficitUsd }) => sum + deficitUsd, 0),
    soldUsd: by.rounds.reduce((sum, { soldUsd }) => sum + soldUsd, 0),
    shock,
    amplification: shocked === 0 ? 1 : reached / shocked,
  };
}
