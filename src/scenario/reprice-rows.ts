import { exp } from '../base/elementary.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { normalCdf } from '../base/normal.ts';
import { smileVariance, surfaceVariance, type VolatilitySurface } from '../market/surface.ts';
import { logMoneyness } from '../pricer/black76.ts';
import type { PricingView } from '../pricer/view.ts';
import type { Future, Option, Perpetual } from '../product/product.ts';
import {
  forwardGrowthOf,
  growthOf,
  logForwardGrowthOf,
  logGrowthOf,
  rowOf,
  type Shocks,
  volGrowthOf,
} from './shocks.ts';

/** Beyond |k| = this many √τ the skew shock adds no more: about three standard deviations at a vol of one half. */
export const SKEW_REACH = 1.5;

/**
 * P&L of one contract of a perpetual or future, USD. Linear, in settlement units m·(P′ − P), times the settlement asset's new price:
 * m·F·(gF − gS), with g the growth of forward and settlement asset. Inverse m·(1/P − 1/P′) coin: m·(S/F)·gS·(gF − 1)/gF.
 */
export function futureRow(
  product: Perpetual | Future,
  view: PricingView,
  shocks: Shocks,
): Float64Array | Failure {
  const settle = growthOf(product.settle, shocks);
  if (isFailure(settle)) return settle;
  const forward =
    product.kind === 'perpetual'
      ? growthOf(product.underlying, shocks)
      : forwardGrowthOf(product.underlying, view.tauYears, shocks);
  if (isFailure(forward)) return forward;
  const { contractSize } = product;
  if (product.form === 'linear') {
    const notional = contractSize * view.forwardUsd;
    return forward.map((g, s) => notional * (g - settle[s]!));
  }
  const coins = (contractSize / view.forwardUsd) * view.settleUsd;
  return forward.map((g, s) => (coins * settle[s]! * (g - 1)) / g);
}

/** What an option's row is made from. `surface` is null only where the option has expired at this very moment. */
export type OptionCase = {
  readonly product: Option;
  readonly view: PricingView;
  readonly surface: VolatilitySurface | null;
  readonly timeMs: number;
};

/** P&L of one option contract, USD: m·(V′ − V) for linear, m·(V′/F′ − V/F) coin for inverse, at the settlement asset's new price. */
export function optionRow(of: OptionCase, shocks: Shocks): Float64Array | Failure {
  const { product, view } = of;
  const settle = growthOf(product.settle, shocks);
  if (isFailure(settle)) return settle;
  const moves = optionMoves(product, view.tauYears, shocks);
  if (isFailure(moves)) return moves;
  const cell = optionCell(of, shocks.rules.volMin);
  const scale = product.contractSize * view.settleUsd;
  const start = valueRow(cell, NEUTRAL)[0]!;
  const row = valueRow(cell, moves);
  for (let s = 0; s < row.length; s += 1) row[s] = scale * (row[s]! - start) * settle[s]!;
  return row;
}

/** How what an option's value depends on moves, per scenario. `growth` and its ln are of the forward in the unit of the strike. */
type Moves = {
  readonly growth: Float64Array;
  readonly logGrowth: Float64Array;
  readonly vol: Float64Array;
  readonly skew: Float64Array;
  /** 1 where skew works on |k|. */
  readonly skewForms: Uint8Array;
};

const NEUTRAL: Moves = {
  growth: Float64Array.of(1),
  logGrowth: Float64Array.of(0),
  vol: Float64Array.of(1),
  skew: Float64Array.of(0),
  skewForms: Uint8Array.of(0),
};

function optionMoves(product: Option, tauYears: number, shocks: Shocks): Moves | Failure {
  const forward = forwardGrowthOf(product.underlying, tauYears, shocks);
  if (isFailure(forward)) return forward;
  const logForward = logForwardGrowthOf(product.underlying, tauYears, shocks);
  if (isFailure(logForward)) return logForward;
  const vol = volGrowthOf(product.underlying, tauYears, shocks);
  if (isFailure(vol)) return vol;
  const { count } = shocks.set;
  const skew = rowOf(shocks, product.underlying, 'skew') ?? new Float64Array(count);
  const skewForms = shocks.rules.skewForms ?? new Uint8Array(count);
  const rest = { vol, skew, skewForms };
  if (product.form === 'inverse') return { growth: forward, logGrowth: logForward, ...rest };
  const settle = growthOf(product.settle, shocks);
  if (isFailure(settle)) return settle;
  const logSettle = logGrowthOf(product.settle, shocks);
  if (isFailure(logSettle)) return logSettle;
  const growth = forward.map((g, s) => g / settle[s]!);
  return { growth, logGrowth: logForward.map((g, s) => g - logSettle[s]!), ...rest };
}

/** One option, its market hoisted out of the loop. `variance(k)` is the surface's total variance at the option's expiry. */
type Cell = {
  /** +1 for a call, −1 for a put. */
  readonly sign: number;
  readonly inverse: boolean;
  readonly forward: number;
  readonly strike: number;
  /** ln(K / F) before the shock. */
  readonly logMoneyness: number;
  readonly discount: number;
  readonly rootTau: number;
  readonly deviationMin: number;
  readonly variance: (k: number) => number;
};

function optionCell({ product, view, surface, timeMs }: OptionCase, volMin: number): Cell {
  const inverse = product.form === 'inverse';
  const forward = inverse ? view.forwardUsd : view.forwardUsd / view.settleUsd;
  const rootTau = Math.sqrt(view.tauYears);
  return {
    sign: product.right === 'call' ? 1 : -1,
    inverse,
    forward,
    strike: product.strike,
    logMoneyness: -logMoneyness(forward, product.strike),
    discount: inverse ? 1 : exp(-view.rate * view.tauYears),
    rootTau,
    deviationMin: volMin * rootTau,
    variance: varianceAt(surface, product.expiryMs, timeMs),
  };
}

/** Total variance of an expiry against k, without looking the smile up again where the expiry has one of its own. */
function varianceAt(
  surface: VolatilitySurface | null,
  expiryMs: number,
  timeMs: number,
): (k: number) => number {
  if (surface === null) return () => 0;
  const own = surface.smiles.find((smile) => smile.expiryMs === expiryMs);
  if (own !== undefined) return (k) => smileVariance(own, k, timeMs);
  return (k) => surfaceVariance(surface, { logMoneyness: k, expiryMs, timeMs });
}

/**
 * Values in settlement units, one per scenario: discounted Black-76 for linear options, undiscounted and per forward for inverse ones,
 * as intrinsic value plus the value of the side that is out of the money, so that call and put of a strike keep parity.
 */
function valueRow(cell: Cell, moves: Moves): Float64Array {
  const { sign, inverse, strike, discount, deviationMin, variance } = cell;
  const { growth, logGrowth, vol, skew, skewForms } = moves;
  const reach = SKEW_REACH * cell.rootTau;
  const values = new Float64Array(growth.length);
  for (let s = 0; s < values.length; s += 1) {
    const k = cell.logMoneyness - logGrowth[s]!;
    const forward = cell.forward * growth[s]!;
    const near = Math.min(reach, Math.max(-reach, k));
    const tilt = skew[s]! * (skewForms[s] === 1 ? Math.abs(near) : near);
    const deviation = Math.max(deviationMin, Math.sqrt(variance(k)) * vol[s]! + tilt);
    const low = Math.min(forward, strike);
    const high = Math.max(forward, strike);
    let value = Math.max(0, sign * (forward - strike));
    if (!(deviation <= 0)) {
      const h = -Math.abs(k) / deviation;
      const t = 0.5 * deviation;
      value += Math.max(0, low * normalCdf(h + t) - high * normalCdf(h - t));
    }
    values[s] = inverse ? value / forward : discount * value;
  }
  return values;
}
