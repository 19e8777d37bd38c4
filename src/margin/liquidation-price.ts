import { type Failure, isFailure } from '../base/failure.ts';
import { exp, log } from '../base/elementary.ts';
import type { Market } from '../market/market.ts';
import { moveSpot } from '../pricer/move.ts';
import type { AssetId } from '../product/product.ts';
import type { LiquidationPrice } from './report.ts';

/** Maintenance headroom of the account (credit included) in another market, USD. */
export type HeadroomIn = (market: Market) => number | Failure;

/** How far the search goes: the index falls to 2 % or rises to 500 % of today's. */
const FACTOR_LOW = 0.02;
const FACTOR_HIGH = 5;
const SCAN_STEPS = 14;
/** Enough for the halving steps alone to reach the tolerance from one scan step. */
const REFINE_STEPS_MAX = 48;
const TOLERANCE_FRAC = 1e-5;
/** How near to an end of the bracket a step may come, as a share of the tolerance. */
const NEAREST_SHARE = 0.45;

/**
 * Finds, for one underlying moved alone, the nearest index below and above today's at which maintenance headroom is gone,
 * account-wide (HEALTH-010). Null where headroom holds through the whole range searched, or the account is already below. The scan
 * steps evenly in log price; a breach that opens and closes between two steps is not seen.
 */
export function findLiquidationPrice(
  underlying: AssetId,
  market: Market,
  headroomIn: HeadroomIn,
): LiquidationPrice | Failure {
  const indexUsd = market.assets.get(underlying)!.index.value;
  const now = headroomIn(market);
  if (isFailure(now)) return now;
  if (now < 0) return { underlying, indexUsd, belowUsd: null, aboveUsd: null };
  const at = (factor: number): number | Failure => {
    const moved = moveSpot(market, underlying, factor - 1);
    return isFailure(moved) ? moved : headroomIn(moved);
  };
  const below = search(at, { now, end: FACTOR_LOW });
  if (isFailure(below)) return below;
  const above = search(at, { now, end: FACTOR_HIGH });
  if (isFailure(above)) return above;
  return {
    underlying,
    indexUsd,
    belowUsd: below === null ? null : below * indexUsd,
    aboveUsd: above === null ? null : above * indexUsd,
  };
}

type At = (factor: number) => number | Failure;

function search(at: At, from: { readonly now: number; readonly end: number }): number | null | Failure {
  const step = log(from.end) / SCAN_STEPS;
  let safe = { x: 0, headroom: from.now };
  for (let i = 1; i <= SCAN_STEPS; i++) {
    const x = i * step;
    const headroom = at(exp(x));
    if (isFailure(headroom)) return headroom;
    if (headroom < 0) return refine(at, safe, { x, headroom });
    safe = { x, headroom };
  }
  return null;
}

type Point = { readonly x: number; readonly headroom: number };

/**
 * Illinois false position between a safe and a breached point, in log price: the end kept twice running counts half. Every third step
 * halves instead, and no step comes closer to an end than most of the tolerance, so that the bracket closes from both sides.
 */
function refine(at: At, safeAt: Point, breachedAt: Point): number | Failure {
  let safe = safeAt;
  let breached = breachedAt;
  let kept: 'none' | 'safe' | 'breached' = 'none';
  for (let i = 1; i <= REFINE_STEPS_MAX; i++) {
    const width = breached.x - safe.x;
    if (Math.abs(width) <= TOLERANCE_FRAC) break;
    const nearest = (NEAREST_SHARE * TOLERANCE_FRAC) / Math.abs(width);
    const crossing = i % 3 === 0 ? 0.5 : safe.headroom / (safe.headroom - breached.headroom);
    const x = safe.x + width * Math.min(1 - nearest, Math.max(nearest, crossing));
    const headroom = at(exp(x));
    if (isFailure(headroom)) return headroom;
    if (headroom < 0) {
      breached = { x, headroom };
      if (kept === 'safe') safe = { ...safe, headroom: safe.headroom / 2 };
      kept = 'safe';
    } else {
      safe = { x, headroom };
      if (kept === 'breached') breached = { ...breached, headroom: breached.headroom / 2 };
      kept = 'breached';
    }
  }
  return exp(breached.x);
}
