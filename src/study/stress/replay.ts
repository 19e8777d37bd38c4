import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { DAY_MS } from '../../base/instant.ts';
import type { AssetId } from '../../product/product.ts';
import { repriceAll } from '../../scenario/reprice.ts';
import type { History } from '../../scenario/history.ts';
import type { Factor, ScenarioSet } from '../../scenario/set.ts';
import { shocksOfMove } from '../../scenario/spot-vol.ts';
import { pnlOf, type Venue } from '../venue.ts';

const HOUR_MS = DAY_MS / 24;

/** A book that its margin of the day before did not cover: the hour in which that happened first, and the worst hour. USD. */
export type Uncovered = {
  readonly id: string;
  readonly firstHour: string;
  readonly worstHour: string;
  readonly pnlUsd: number;
  readonly marginUsd: number;
  /** The asset whose own move alone lost most of it. */
  readonly mostly: AssetId;
};

export type Replay = {
  readonly from: string;
  readonly hours: number;
  readonly books: number;
  /** Books that were not looked at, because an asset of theirs has no hourly price. */
  readonly skipped: number;
  readonly uncovered: readonly Uncovered[];
  /** Deepest move of each asset within the hours. */
  readonly deepest: ReadonlyMap<AssetId, number>;
};

/**
 * Replays the hours after the venue's moment: every book keeps the margin it had then, prices follow `hourly`, volatility, skew and basis
 * follow the prices by the spot–vol rule. Refuses HISTORY_TOO_SHORT where an hour is missing for every asset, and what repricing refuses.
 */
export function replayHours(venue: Venue, hourly: History, hours: number): Replay | Failure {
  const startMs = venue.market.timeMs;
  const rows = Array.from(hourly.timesMs.keys()).filter((row) => {
    // A row is labelled with the hour that it opens and holds the hour's close.
    const closeMs = hourly.timesMs[row]! + HOUR_MS;
    return closeMs > startMs && closeMs <= startMs + hours * HOUR_MS;
  });
  if (rows.length === 0) {
    const expected = `hourly prices in the ${hours} hours after the moment`;
    return refuse('HISTORY_TOO_SHORT', { field: 'replay', value: 0, expected });
  }
  const moves = movesOf(venue, hourly, rows);
  const set = setOf(venue, moves, rows.length);
  const matrix = repriceAll(venue.products, venue.market, set);
  if (isFailure(matrix)) return matrix;
  const known = new Set(moves.keys());
  const underlyingOf = new Map(venue.products.map(({ id, underlying }) => [id, underlying]));
  const labels = rows.map((row) => hourly.labels[row]!);
  const uncovered: Uncovered[] = [];
  let books = 0;
  for (const account of venue.accounts) {
    const assets = account.parts.map(({ row }) => underlyingOf.get(row) ?? row);
    if (!assets.every((asset) => known.has(asset))) continue;
    books += 1;
    const pnl = pnlOf(account, matrix);
    const first = pnl.findIndex((usd) => -usd > account.resourcesUsd);
    if (first < 0) continue;
    const worst = pnl.indexOf(Math.min(...pnl));
    const lossBy = new Map<AssetId, number>();
    for (const [i, { row, quantity }] of account.parts.entries()) {
      const usd = quantity * matrix.rows.get(row)![worst]!;
      lossBy.set(assets[i]!, (lossBy.get(assets[i]!) ?? 0) + usd);
    }
    const mostly = [...lossBy].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))[0]![0];
    uncovered.push({
      id: account.id,
      firstHour: labels[first]!,
      worstHour: labels[worst]!,
      pnlUsd: pnl[worst]!,
      marginUsd: account.resourcesUsd,
      mostly,
    });
  }
  uncovered.sort((a, b) => a.pnlUsd + a.marginUsd - b.pnlUsd - b.marginUsd || (a.id < b.id ? -1 : 1));
  const deepest = new Map([...moves].map(([asset, series]) => [asset, Math.min(0, ...series)]));
  return {
    from: labels[0]!,
    hours: rows.length,
    books,
    skipped: venue.accounts.length - books,
    uncovered,
    deepest,
  };
}

/** Simple returns from the venue's prices per hour; assets without all of the hours are left out. */
function movesOf(venue: Venue, hourly: History, rows: readonly number[]): Map<AssetId, Float64Array> {
  const moves = new Map<AssetId, Float64Array>();
  for (const { factor, values, present } of hourly.series) {
    const quote = venue.market.assets.get(factor.asset);
    if (factor.kind !== 'spot' || quote === undefined) continue;
    if (!rows.every((row) => present[row] === 1)) continue;
    moves.set(
      factor.asset,
      Float64Array.from(rows, (row) => values[row]! / quote.index.value - 1),
    );
  }
  return moves;
}

function setOf(venue: Venue, moves: ReadonlyMap<AssetId, Float64Array>, count: number): ScenarioSet {
  const { factors, calms } = venue.model;
  const shocks = new Float64Array(factors.length * count);
  const shockOf = ({ asset, kind }: Factor, s: number): number => {
    const spot = moves.get(asset)?.[s] ?? 0;
    return kind === 'spot' ? spot : shocksOfMove(spot, calms.get(asset) ?? 1)[kind];
  };
  for (const [f, factor] of factors.entries()) {
    for (let s = 0; s < count; s += 1) shocks[f * count + s] = shockOf(factor, s);
  }
  const names = Array.from({ length: count }, (_, s) => `hour ${s + 1}`);
  return { id: 'replay', family: 'historical', horizonDays: 1, count, names, factors, shocks };
}
