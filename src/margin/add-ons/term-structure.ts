import { YEAR_MS } from '../../product/product.ts';
import type { ValuedPosition } from '../valued-book.ts';
import { type AddOn, type AddOnInput, splitByWeight } from './add-on.ts';
import { groupByUnderlying } from './liquidity.ts';

/**
 * Basis and roll (ADDON-002), per underlying: every expiry's delta earns an annualised move of its basis. A parallel move
 * charges the net, a twist what calendar spreads hide: parallel · |Σ δτ| + twist · (Σ|δτ| − |Σ δτ|).
 */
export function chargeBasis(input: AddOnInput): AddOn {
  const { parallelPerYear, twistPerYear } = input.parameters.basis;
  return chargeCurve(input, {
    id: 'basis',
    about: 'annualised basis move and roll, net of calendar spreads',
    parallel: parallelPerYear,
    twist: twistPerYear,
    sensitivity: (p) => p.deltaUsd * yearsOf(p, input.book.market.timeMs),
  });
}

/** Vega and term structure (ADDON-003), per underlying: what a flattening or steepening vol curve takes from offsetting vegas. */
export function chargeVega(input: AddOnInput): AddOn {
  return chargeCurve(input, {
    id: 'vega-term',
    about: 'twist of the volatility term structure',
    parallel: 0,
    twist: input.parameters.vega.twistVol,
    sensitivity: (p) => p.vegaUsd,
  });
}

type Curve = {
  readonly id: string;
  readonly about: string;
  readonly parallel: number;
  readonly twist: number;
  readonly sensitivity: (position: ValuedPosition) => number;
};

function chargeCurve(input: AddOnInput, curve: Curve): AddOn {
  const { pooled } = input.book;
  const byPosition = new Float64Array(pooled.length);
  for (const at of groupByUnderlying(pooled).values()) {
    const byExpiry = new Map<number, number>();
    for (const i of at) {
      const expiry = expiryOf(pooled[i]!);
      byExpiry.set(expiry, (byExpiry.get(expiry) ?? 0) + curve.sensitivity(pooled[i]!));
    }
    let net = 0;
    let gross = 0;
    for (const value of byExpiry.values()) {
      net += value;
      gross += Math.abs(value);
    }
    const charge = curve.parallel * Math.abs(net) + curve.twist * (gross - Math.abs(net));
    const weights = Float64Array.from(at, (i) => Math.abs(curve.sensitivity(pooled[i]!)));
    const split = splitByWeight(charge, weights);
    for (let k = 0; k < at.length; k++) byPosition[at[k]!] = split[k]!;
  }
  return {
    id: curve.id,
    about: curve.about,
    usd: byPosition.reduce((sum, x) => sum + x, 0),
    byPosition,
    byAsset: new Map(),
  };
}

function expiryOf(position: ValuedPosition): number {
  return position.product.kind === 'perpetual' ? 0 : position.product.expiryMs;
}

function yearsOf(position: ValuedPosition, timeMs: number): number {
  const expiry = expiryOf(position);
  return expiry === 0 ? 0 : Math.max(0, expiry - timeMs) / YEAR_MS;
}
