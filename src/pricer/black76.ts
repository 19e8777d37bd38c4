import { blackTimeValue, logRatio } from '../base/black-function.ts';
import { exp } from '../base/elementary.ts';
import { normalCdf, normalPdf } from '../base/normal.ts';

export type Right = 'call' | 'put';

/**
 * A European option on a forward. `forward` and `strike` in one currency, `tauYears` ≥ 0, `vol` ≥ 0 per √year, `rate`
 * continuously compounded per year, any sign. All finite; a forward or strike ≤ 0 leaves the discounted intrinsic value.
 */
export type Black76 = {
  readonly right: Right;
  readonly forward: number;
  readonly strike: number;
  readonly tauYears: number;
  readonly vol: number;
  readonly rate: number;
};

/**
 * Sensitivities of one option: `vega` per 1.00 of vol, `theta` = −∂V/∂τ per year with the forward fixed, `rho` per 1.00
 * of rate with the forward fixed, `vanna` = ∂²V/∂F∂σ, `volga` = ∂²V/∂σ². `d1` and `d2` are ±Infinity where vol·√τ = 0.
 */
export type Black76Greeks = {
  readonly price: number;
  readonly deltaForward: number;
  readonly gammaForward: number;
  readonly vega: number;
  readonly theta: number;
  readonly rho: number;
  readonly vanna: number;
  readonly volga: number;
  readonly d1: number;
  readonly d2: number;
};

/** The two arguments of Black's formula, for forward, strike, deviation = vol·√τ > 0. */
export type Arguments = { readonly d1: number; readonly d2: number };

/** ln(forward / strike), accurate near the money; both > 0. */
export function logMoneyness(forward: number, strike: number): number {
  return forward <= strike ? logRatio(forward, strike) : -logRatio(strike, forward);
}

/** d1 and d2; at deviation 0 their limits, with 0 at the money. */
export function blackArguments(forward: number, strike: number, deviation: number): Arguments {
  const x = logMoneyness(forward, strike);
  if (deviation > 0) {
    const h = x / deviation;
    return { d1: h + 0.5 * deviation, d2: h - 0.5 * deviation };
  }
  const limit = x > 0 ? Infinity : x < 0 ? -Infinity : 0;
  return { d1: limit, d2: limit };
}

/**
 * Black's formula (1976) (PRICE-001): D·φ·(F·Φ(φ·d1) − K·Φ(φ·d2)), D = e^(−rate·τ), computed as intrinsic plus time value: never negative,
 * never below intrinsic, put–call parity to one rounding, relatively accurate in both wings.
 */
export function priceBlack76(option: Black76): number {
  const { right, forward, strike, tauYears, vol, rate } = option;
  const intrinsic = Math.max(0, right === 'call' ? forward - strike : strike - forward);
  return exp(-rate * tauYears) * (intrinsic + blackTimeValue(forward, strike, vol * Math.sqrt(tauYears)));
}

/**
 * Price and all sensitivities (PRICE-002, PRICE-003). At vol·√τ = 0 they are the limits where those are finite: delta is a step with ½ at the money,
 * vega at the money is D·F·√(τ/2π); gamma, vanna and volga are 0.
 */
export function greeksBlack76(option: Black76): Black76Greeks {
  const { right, forward, strike, tauYears, vol, rate } = option;
  const price = priceBlack76(option);
  const discount = exp(-rate * tauYears);
  const sign = right === 'call' ? 1 : -1;
  if (forward <= 0 || strike <= 0) return withoutVol({ option, price, discount, sign });
  const rootTau = Math.sqrt(tauYears);
  const { d1, d2 } = blackArguments(forward, strike, vol * rootTau);
  const deltaForward = sign * discount * normalCdf(sign * d1);
  const density = normalPdf(d1);
  const vega = discount * forward * density * rootTau;
  const rho = -tauYears * price;
  if (vol * rootTau === 0) {
    const flat = { gammaForward: 0, theta: rate * price, vanna: 0, volga: 0 };
    return { price, deltaForward, vega, rho, d1, d2, ...flat };
  }
  return {
    price,
    deltaForward,
    gammaForward: (discount * density) / (forward * vol * rootTau),
    vega,
    theta: rate * price - (discount * forward * density * vol) / (2 * rootTau),
    rho,
    vanna: density === 0 ? 0 : (-discount * density * d2) / vol,
    volga: density === 0 ? 0 : (vega * d1 * d2) / vol,
    d1,
    d2,
  };
}

/** A forward or strike at or below zero: the outcome is certain, only discounting is left. */
function withoutVol(of: { option: Black76; price: number; discount: number; sign: number }): Black76Greeks {
  const { option, price, discount, sign } = of;
  const ahead = option.forward - option.strike;
  const inside = sign * ahead > 0 ? 1 : ahead === 0 ? 0.5 : 0;
  const limit = ahead > 0 ? Infinity : ahead < 0 ? -Infinity : 0;
  return {
    price,
    deltaForward: sign * discount * inside,
    gammaForward: 0,
    vega: 0,
    theta: option.rate * price,
    rho: -option.tauYears * price,
    vanna: 0,
    volga: 0,
    d1: limit,
    d2: limit,
  };
}
