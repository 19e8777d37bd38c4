import { exp } from '../base/elementary.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { normalCdf } from '../base/normal.ts';
import { surfaceVariance, type VolatilitySurface } from '../market/surface.ts';
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
  const { product, view, surface, timeMs } = of;
  const inverse = product.form === 'inverse';
  const { tauYears } = view;
  const settle = growthOf(product.settle, shocks);
  if (isFailure(settle)) return settle;
  const forward = forwardGrowthOf(product.underlying, tauYears, shocks);
  if (isFailure(forward)) return forward;
  const logForward = logForwardGrowthOf(product.underlying, tauYears, shocks);
  if (isFailure(logForward)) return logForward;
  const logSettle = inverse ? null : logGrowthOf(product.settle, shocks);
  if (isFailure(logSettle)) return logSettle;
  const vol = volGrowthOf(product.underlying, tauYears, shocks);
  if (isFailure(vol)) return vol;
  const rootTau = Math.sqrt(tauYears);
  const base = inverse ? view.forwardUsd : view.forwardUsd / view.settleUsd;
  const cell: Cell = {
    call: product.right === 'call',
    inverse,
    forward: base,
    strike: product.strike,
    logMoneyness: -logMoneyness(base, product.strike),
    discount: inverse ? 1 : exp(-view.rate * tauYears),
    rootTau,
    deviationMin: shocks.rules.volMin * rootTau,
    variance: (k) =>
      surface === null
        ? 0
        : surfaceVariance(surface, { logMoneyness: k, expiryMs: product.expiryMs, timeMs }),
  };
  const skew = rowOf(shocks, product.underlying, 'skew');
  const scale = product.contractSize * view.settleUsd;
  const start = valueCell(cell, { forwardGrowth: 1, logGrowth: 0, volGrowth: 1, skew: 0, absolute: false });
  const row = new Float64Array(shocks.set.count);
  const forms = shocks.rules.skewForms;
  for (let s = 0; s < row.length; s += 1) {
    const value = valueCell(cell, {
      forwardGrowth: logSettle === null ? forward[s]! : forward[s]! / settle[s]!,
      logGrowth: logSettle === null ? logForward[s]! : logForward[s]! - logSettle[s]!,
      volGrowth: vol[s]!,
      skew: skew === null ? 0 : skew[s]!,
      absolute: forms !== null && forms[s] === 1,
    });
    row[s] = scale * (value - start) * settle[s]!;
  }
  return row;
}

/** One option, its market hoisted out of the loop. `variance(k)` is the surface's total variance at the option's expiry. */
type Cell = {
  readonly call: boolean;
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

type CellShock = {
  readonly forwardGrowth: number;
  readonly logGrowth: number;
  readonly volGrowth: number;
  readonly skew: number;
  readonly absolute: boolean;
};

/** Value in settlement units: discounted Black-76 for linear options, undiscounted and per forward for inverse ones. */
function valueCell(cell: Cell, shock: CellShock): number {
  const k = cell.logMoneyness - shock.logGrowth;
  const forward = cell.forward * shock.forwardGrowth;
  const reach = SKEW_REACH * cell.rootTau;
  const near = Math.min(reach, Math.max(-reach, k));
  const tilt = shock.skew * (shock.absolute ? Math.abs(near) : near);
  const deviation = Math.max(cell.deviationMin, Math.sqrt(cell.variance(k)) * shock.volGrowth + tilt);
  const low = Math.min(forward, cell.strike);
  const high = Math.max(forward, cell.strike);
  let outside = 0;
  if (deviation > 0) {
    const h = -Math.abs(k) / deviation;
    const t = 0.5 * deviation;
    outside = Math.max(0, low * normalCdf(h + t) - high * normalCdf(h - t));
  }
  const inside = Math.max(0, cell.call ? forward - cell.strike : cell.strike - forward);
  const value = inside + outside;
  return cell.inverse ? value / forward : cell.discount * value;
}
