import { normalCdf } from '../base/normal.ts';
import { blackArguments, greeksBlack76, priceBlack76, type Right } from './black76.ts';

/**
 * An option paid in its own underlying: payoff max(±(S − K), 0)/S coin. `forward` > 0 and `strike` in USD, `tauYears` ≥ 0,
 * `vol` ≥ 0. There is no discounting: the coin is its own numeraire.
 */
export type InverseOption = {
  readonly right: Right;
  readonly forward: number;
  readonly strike: number;
  readonly tauYears: number;
  readonly vol: number;
};

/** Everything in coin per unit of the underlying, derivatives against the USD forward, vol (1.00) and time (year). */
export type InverseGreeks = {
  readonly priceCoin: number;
  readonly priceUsd: number;
  /** ∂V/∂F of the USD value, before the premium is adjusted for. */
  readonly blackDelta: number;
  /** F·∂(V/F)/∂F = delta − V/F: the coins to hold against the option when the premium itself is paid in coin. */
  readonly premiumAdjustedDelta: number;
  readonly coinByForward: number;
  readonly coinByForwardTwice: number;
  readonly vegaCoin: number;
  readonly thetaCoin: number;
  /** ∂(premium-adjusted delta)/∂σ. */
  readonly vannaCoin: number;
  readonly volgaCoin: number;
};

/** Value in coin: Black-76 without discount, divided by the forward. */
export function priceInverse(option: InverseOption): number {
  return priceBlack76({ ...option, rate: 0 }) / option.forward;
}

/**
 * Coin value and premium-adjusted sensitivities (PRICE-005). φ·(K/F)·Φ(φ·d2) is the premium-adjusted delta without the cancellation of
 * delta − V/F (Reiswich and Wystup, "FX volatility smile construction", 2010).
 */
export function greeksInverse(option: InverseOption): InverseGreeks {
  const { right, forward, strike } = option;
  const black = greeksBlack76({ ...option, rate: 0 });
  const sign = right === 'call' ? 1 : -1;
  const { d2 } = blackArguments(forward, strike, option.vol * Math.sqrt(option.tauYears));
  const premiumAdjustedDelta = sign * (strike / forward) * normalCdf(sign * d2);
  const coinByForward = premiumAdjustedDelta / forward;
  return {
    priceCoin: black.price / forward,
    priceUsd: black.price,
    blackDelta: black.deltaForward,
    premiumAdjustedDelta,
    coinByForward,
    coinByForwardTwice: (black.gammaForward - 2 * coinByForward) / forward,
    vegaCoin: black.vega / forward,
    thetaCoin: black.theta / forward,
    vannaCoin: black.vanna - black.vega / forward,
    volgaCoin: black.volga / forward,
  };
}
