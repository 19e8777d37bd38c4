import { priceVenueOption } from '../../pricer/venue-black.ts';
import type { GridLeg } from '../grid/book.ts';
import { YEAR_SECONDS } from '../grid/expiry.ts';
import type { InitialAndMaintenance } from '../grid/model.ts';
import type { StandardExpiry, StandardModel } from './model.ts';

/** Margin of one expiry's options; every part ≤ 0 unless it is a value. */
export type StandardExpiryResult = {
  readonly markToMarket: number;
  /** Each short leg on its own. */
  readonly isolated: InitialAndMaintenance;
  /** Worst payoff at settlement, with what uncovered calls may lose beyond the highest strike. */
  readonly maxLoss: InitialAndMaintenance;
  /** The better of the two. */
  readonly margin: InitialAndMaintenance;
  /** Confidence charge, in the initial margin only. */
  readonly confidence: number;
  readonly shortCount: number;
};

/** Margin of the options of one expiry (METHOD-022, METHOD-023). The book has been judged; no errors. Source: Derive's standard manager. */
export function assessStandardExpiry(
  expiry: StandardExpiry,
  spot: { readonly price: number; readonly confidence: number },
  model: StandardModel,
): StandardExpiryResult {
  let markToMarket = 0;
  let shortCount = 0;
  const isolated = { initial: 0, maintenance: 0 };
  for (const leg of expiry.legs) {
    const mark = markOf(leg, expiry);
    markToMarket += mark;
    if (leg.amount >= 0) continue;
    shortCount -= leg.amount;
    const alone = shortLegMargin(leg, { mark, spotPrice: spot.price, model });
    isolated.initial += alone.initial;
    isolated.maintenance += alone.maintenance;
  }
  const maxLoss = maxLossOf(expiry, model);
  const confidence = Math.min(spot.confidence, expiry.forward.confidence, expiry.volConfidence);
  const { optionThreshold, charge } = model.confidence;
  return {
    markToMarket,
    isolated,
    maxLoss,
    margin: {
      initial: Math.max(isolated.initial, maxLoss.initial),
      maintenance: Math.max(isolated.maintenance, maxLoss.maintenance),
    },
    confidence: confidence < optionThreshold ? -(1 - confidence) * charge * spot.price * shortCount : 0,
    shortCount,
  };
}

function markOf(leg: GridLeg, expiry: StandardExpiry): number {
  const price = priceVenueOption({
    tauYears: expiry.seconds / YEAR_SECONDS,
    discount: 1,
    vol: leg.vol,
    forward: expiry.forward.price,
    strike: leg.strike,
  });
  return leg.amount * price[leg.right];
}

/** A short leg alone; `amount`, `mark` and both results are below 0. */
function shortLegMargin(
  leg: GridLeg,
  at: { readonly mark: number; readonly spotPrice: number; readonly model: StandardModel },
): InitialAndMaintenance {
  const { mark, spotPrice } = at;
  const { option } = at.model;
  const notional = spotPrice * leg.amount;
  const distance = leg.right === 'call' ? leg.strike - spotPrice : spotPrice - leg.strike;
  const initialFrac = Math.max(option.initialMin, option.initialMax - Math.max(0, distance / spotPrice));
  const initial = mark + initialFrac * notional;
  if (leg.right === 'call') return { initial, maintenance: mark + option.maintenanceCall * notional };
  const maintenance = mark + Math.min(option.maintenancePut * notional, option.maintenancePutOfMark * mark);
  return { initial: Math.min(initial, maintenance * option.maintenanceMultiple), maintenance };
}

function payoffAt(legs: readonly GridLeg[], price: number): number {
  let payoff = 0;
  for (const { right, strike, amount } of legs) {
    payoff += amount * Math.max(0, right === 'call' ? price - strike : strike - price);
  }
  return payoff;
}

function maxLossOf(expiry: StandardExpiry, model: StandardModel): InitialAndMaintenance {
  let worst = Math.min(0, payoffAt(expiry.legs, 0));
  let netCalls = 0;
  for (const { right, strike, amount } of expiry.legs) {
    worst = Math.min(worst, payoffAt(expiry.legs, strike));
    if (right === 'call') netCalls += amount;
  }
  const uncovered = Math.min(0, netCalls) * expiry.forward.price;
  const { unpaired } = model.option;
  return {
    initial: worst + unpaired.initial * uncovered,
    maintenance: worst + unpaired.maintenance * uncovered,
  };
}
