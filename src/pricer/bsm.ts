import { exp } from '../base/elementary.ts';
import { blackTimeValue } from '../base/black-function.ts';
import { normalCdf, normalPdf } from '../base/normal.ts';
import { blackArguments, type Right } from './black76.ts';

/**
 * A European option on an asset with carry. `spot` > 0, `strike` > 0; `rate` and `dividend` continuously compounded per year,
 * any sign; `tauYears` ≥ 0, `vol` ≥ 0.
 */
export type BlackScholesMerton = {
  readonly right: Right;
  readonly spot: number;
  readonly strike: number;
  readonly tauYears: number;
  readonly vol: number;
  readonly rate: number;
  readonly dividend: number;
};

/** As {@link Black76Greeks}, against spot: `rho` = ∂V/∂rate, `dividendRho` = ∂V/∂dividend, spot fixed. Per year, per 1.00. */
export type BsmGreeks = {
  readonly price: number;
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
  readonly theta: number;
  readonly rho: number;
  readonly dividendRho: number;
  readonly vanna: number;
  readonly volga: number;
  readonly d1: number;
  readonly d2: number;
};

/** Black–Scholes–Merton (1973) (PRICE-004): φ·(S·e^(−qτ)·Φ(φ·d1) − K·e^(−rτ)·Φ(φ·d2)), as intrinsic plus time value. */
export function priceBsm(option: BlackScholesMerton): number {
  const { right, spot, strike, tauYears, vol, rate, dividend } = option;
  const asset = spot * exp(-dividend * tauYears);
  const cash = strike * exp(-rate * tauYears);
  const intrinsic = Math.max(0, right === 'call' ? asset - cash : cash - asset);
  return intrinsic + blackTimeValue(asset, cash, vol * Math.sqrt(tauYears));
}

/** Price and sensitivities against spot; the limits at vol·√τ = 0 are those of {@link greeksBlack76}. */
export function greeksBsm(option: BlackScholesMerton): BsmGreeks {
  const { right, spot, strike, tauYears, vol, rate, dividend } = option;
  const sign = right === 'call' ? 1 : -1;
  const carry = exp(-dividend * tauYears);
  const asset = spot * carry;
  const cash = strike * exp(-rate * tauYears);
  const rootTau = Math.sqrt(tauYears);
  const deviation = vol * rootTau;
  const { d1, d2 } = blackArguments(asset, cash, deviation);
  const delta = sign * carry * normalCdf(sign * d1);
  const density = deviation > 0 || d1 === 0 ? normalPdf(d1) : 0;
  const strikeShare = sign * cash * normalCdf(sign * d2);
  const vega = asset * density * rootTau;
  const decay = deviation > 0 ? (asset * density * vol) / (2 * rootTau) : 0;
  const smooth = deviation > 0 && density > 0;
  return {
    price: priceBsm(option),
    delta,
    gamma: smooth ? (carry * density) / (spot * deviation) : 0,
    vega,
    theta: dividend * spot * delta - rate * strikeShare - decay,
    rho: tauYears * strikeShare,
    dividendRho: -tauYears * spot * delta,
    vanna: smooth ? (-carry * density * d2) / vol : 0,
    volga: smooth ? (vega * d1 * d2) / vol : 0,
    d1,
    d2,
  };
}
