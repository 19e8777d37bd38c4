import { exp, log, pow } from '../../base/elementary.ts';
import { assert } from '../../base/assert.ts';
import { priceVenueOption, venueDelta } from '../../pricer/venue-black.ts';
import type { GridExpiry, GridLeg } from './book.ts';
import type { DiscountSide, GridModel, GridScenario, SkewCap, VolMove, VolShock } from './model.ts';

export const YEAR_SECONDS: number = 365 * 86_400;
/** Vol shocks are quoted for an option of this age. */
const VOL_TENOR_SECONDS = 30 * 86_400;

/** What every scenario needs to know of one expiry. */
export type ExpiryState = {
  readonly seconds: number;
  readonly tauYears: number;
  /** Annual rate, not below 0. */
  readonly rate: number;
  readonly discount: number;
  readonly staticPositive: number;
  readonly staticNegative: number;
  readonly volUpMultiplier: number;
  readonly volDownMultiplier: number;
  /** Options at their marks; futures count nothing. */
  readonly markToMarket: number;
  /** Net short options, strike by strike. */
  readonly nakedShort: number;
};

type Revaluation = {
  readonly spotShock: number;
  readonly volMove: VolMove;
  readonly secondsForward: number;
};

const AT_MARK: Revaluation = { spotShock: 1, volMove: 'none', secondsForward: 0 };

/** Gathers what does not depend on the scenario. The book has been judged; no errors. */
export function prepareExpiry(expiry: GridExpiry, model: GridModel): ExpiryState {
  const tauYears = expiry.seconds / YEAR_SECONDS;
  const rate = Math.max(0, expiry.rate);
  const discount = model.markDiscount === 'none' ? 1 : exp(-rate * tauYears);
  const { staticPositive, staticNegative } = staticDiscounts(
    { seconds: expiry.seconds, rate, discount },
    model,
  );
  const scale = volScale(expiry.seconds, model.vol);
  const unmarked: ExpiryState = {
    seconds: expiry.seconds,
    tauYears,
    rate,
    discount,
    staticPositive,
    staticNegative,
    volUpMultiplier: 1 + model.vol.rangeUp * scale,
    volDownMultiplier: Math.max(0, 1 - model.vol.rangeDown * scale),
    markToMarket: 0,
    nakedShort: nakedShort(expiry.legs),
  };
  return { ...unmarked, markToMarket: optionValue(expiry, unmarked, { model, move: AT_MARK }) };
}

function volScale(seconds: number, vol: VolShock): number {
  const power = seconds <= VOL_TENOR_SECONDS ? vol.powerShort : vol.powerLong;
  return pow(VOL_TENOR_SECONDS / Math.max(seconds, vol.floorSeconds, 1), power);
}

function staticDiscounts(
  at: { readonly seconds: number; readonly rate: number; readonly discount: number },
  { staticDiscount }: GridModel,
): { readonly staticPositive: number; readonly staticNegative: number } {
  if (staticDiscount === null || at.seconds < staticDiscount.fromSeconds) {
    return { staticPositive: 1, staticNegative: 1 };
  }
  const tau = at.seconds / YEAR_SECONDS;
  const growth = (side: DiscountSide): number => tau * (at.rate * side.rateMultiple + side.rateAdd);
  const { positive, negative } = staticDiscount;
  return {
    staticPositive: positive.base * exp(-growth(positive)),
    // A liability is never marked above what it would cost undiscounted.
    staticNegative: negative === null ? 1 : Math.min(1 / at.discount, negative.base * exp(growth(negative))),
  };
}

/** Σ over strikes of max(0, −(calls + puts)): a long of the same strike, of either right, covers a short. */
function nakedShort(legs: readonly GridLeg[]): number {
  const byStrike = new Map<number, number>();
  for (const leg of legs) byStrike.set(leg.strike, (byStrike.get(leg.strike) ?? 0) + leg.amount);
  let naked = 0;
  for (const amount of byStrike.values()) naked += Math.max(0, -amount);
  return naked;
}

/** Volatility of a leg under a vol move, at its own expiry (METHOD-031, METHOD-032). No errors. */
export function shockedVol(
  leg: GridLeg,
  state: ExpiryState,
  at: { readonly model: GridModel; readonly volMove: VolMove; readonly forward: number },
): number {
  const { model, volMove, forward } = at;
  switch (volMove) {
    case 'none':
      return leg.vol;
    case 'up':
      return Math.max(model.vol.volUpMin, leg.vol * state.volUpMultiplier);
    case 'down':
      return leg.vol * state.volDownMultiplier;
    case 'linear':
    case 'absolute':
      return leg.vol * Math.max(0, skewMultiplier(leg.strike / forward, state.tauYears, { model, volMove }));
  }
}

function skewMultiplier(
  moneyness: number,
  tauYears: number,
  at: { readonly model: GridModel; readonly volMove: 'linear' | 'absolute' },
): number {
  const skew = at.model.skew;
  assert(skew !== null, 'a skew scenario needs skew parameters');
  // A strike or a forward of 0 has no volatility to move.
  if (!(moneyness > 0) || moneyness === Infinity) return 1;
  const rootYears = Math.sqrt(tauYears);
  const capOf = (cap: SkewCap): number => cap.perRootYear * rootYears + cap.base;
  const cap = capOf(at.volMove === 'linear' ? skew.linear : skew.absolute);
  const kStar = Math.max(
    skew.kStarMin,
    rootYears * skew.width * (skew.volBase + rootYears * skew.volPerRootYear),
  );
  const logMoneyness = log(moneyness);
  const k = at.volMove === 'linear' ? logMoneyness : Math.abs(logMoneyness);
  const slope = (k * cap) / kStar;
  return 1 + (k >= 0 ? Math.min(cap, slope) : Math.max(-cap, slope));
}

/** Value of the options of an expiry after a move, before any static discount. No errors. */
export function optionValue(
  expiry: GridExpiry,
  state: ExpiryState,
  at: { readonly model: GridModel; readonly move: Revaluation },
): number {
  const { spotShock, volMove, secondsForward } = at.move;
  const forward = expiry.forwardVariable * spotShock + expiry.forwardFixed;
  const forwardNow = expiry.forwardVariable + expiry.forwardFixed;
  const { tauYears, discount } = aged(state, secondsForward);
  let value = 0;
  for (const leg of expiry.legs) {
    const vol = shockedVol(leg, state, { model: at.model, volMove, forward: forwardNow });
    const price = priceVenueOption({ tauYears, discount, vol, forward, strike: leg.strike });
    value += leg.amount * price[leg.right];
  }
  return value;
}

function aged(
  state: ExpiryState,
  secondsForward: number,
): { readonly tauYears: number; readonly discount: number } {
  if (secondsForward === 0) return state;
  const tauYears = Math.max(0, state.seconds - secondsForward) / YEAR_SECONDS;
  return { tauYears, discount: state.discount === 1 ? 1 : exp(-state.rate * tauYears) };
}

/**
 * P&L of an expiry in a scenario: (shocked value with its static discount − mark) and the futures' move, dampened; in a
 * skew scenario its negative magnitude. No errors.
 */
export function expiryPnl(
  expiry: GridExpiry,
  state: ExpiryState,
  at: { readonly model: GridModel; readonly scenario: GridScenario },
): number {
  const { model, scenario } = at;
  const shocked = optionValue(expiry, state, { model, move: scenario });
  const kept = shocked * (shocked >= 0 ? state.staticPositive : state.staticNegative);
  const futures = expiry.futureQuantity * expiry.forwardVariable * (scenario.spotShock - 1);
  const pnl = (kept - state.markToMarket + futures) * scenario.dampening;
  return scenario.volMove === 'linear' || scenario.volMove === 'absolute' ? -Math.abs(pnl) : pnl;
}

/**
 * Loss (≤ 0) if this expiry's forward alone moves (METHOD-034), at mark vol, times the contingency's weight at its term. Futures move
 * with it. No errors.
 */
export function basisPnl(expiry: GridExpiry, state: ExpiryState, model: GridModel): number {
  const { basis } = model;
  if (basis === null) return 0;
  const pnlAt = (spotShock: number): number =>
    optionValue(expiry, state, { model, move: { ...AT_MARK, spotShock } }) -
    state.markToMarket +
    expiry.futureQuantity * expiry.forwardVariable * (spotShock - 1);
  const worst = Math.min(pnlAt(basis.shockUp), pnlAt(basis.shockDown), 0);
  return worst * (basis.add + basis.perYear * state.tauYears);
}

/** Change of the expiry's value per unit of its forward: options and futures. No errors. */
export function expiryDelta(expiry: GridExpiry, state: ExpiryState): number {
  let delta = expiry.futureQuantity;
  for (const leg of expiry.legs) {
    const { tauYears, discount } = state;
    const forward = expiry.forwardVariable + expiry.forwardFixed;
    delta +=
      leg.amount * venueDelta({ tauYears, discount, vol: leg.vol, forward, strike: leg.strike })[leg.right];
  }
  return delta;
}
