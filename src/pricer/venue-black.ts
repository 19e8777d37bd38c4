import { log } from '../base/elementary.ts';
import { normalCdf } from '../base/normal.ts';

/** One European option on a forward. `vol` annualised, `discount` to expiry; strike, forward and value in one currency. */
export type VenueOption = {
  readonly tauYears: number;
  readonly discount: number;
  readonly vol: number;
  readonly forward: number;
  readonly strike: number;
};

/** Stands in for a total deviation of zero, so that d1 and d2 stay defined. */
const DEVIATION_MIN = 1e-18;
/** From this total deviation on, a call is worth its whole forward. */
const DEVIATION_MAX = 24;

function d1Of(moneyness: number, deviation: number): number {
  return ((deviation * deviation) / 2 - log(moneyness)) / deviation;
}

function deviationOf(option: VenueOption): number {
  const deviation = option.vol * Math.sqrt(option.tauYears);
  return deviation === 0 ? DEVIATION_MIN : deviation;
}

/**
 * Black-76 with the edge rules of an on-chain venue (PRICE-013): a strike of 0 makes the call its discounted forward, a
 * forward of 0 makes the put its discounted strike, the put follows from the call by parity, and both are capped at what
 * they can at most pay. The caller guarantees finite arguments ≥ 0; no errors.
 * Source: Black (1976); edge rules of the published Lyra/Derive kernel.
 */
export function priceVenueOption(option: VenueOption): { readonly call: number; readonly put: number } {
  const { discount, forward, strike } = option;
  const forwardNow = forward * discount;
  const strikeNow = strike * discount;
  if (strike === 0) return { call: forwardNow, put: 0 };
  if (forward === 0) return { call: 0, put: strikeNow };
  const deviation = deviationOf(option);
  const moneyness = strike / forward;
  const d1 = d1Of(moneyness, deviation);
  const call =
    deviation >= DEVIATION_MAX ? 1 : Math.max(0, normalCdf(d1) - moneyness * normalCdf(d1 - deviation));
  const put = Math.max(0, call + moneyness - 1);
  return { call: Math.min(call * forwardNow, forwardNow), put: Math.min(put * forwardNow, strikeNow) };
}

/** Change of each value per unit of the forward, discounted: put delta = call delta − discount. Domain as above. */
export function venueDelta(option: VenueOption): { readonly call: number; readonly put: number } {
  const { discount, forward, strike } = option;
  if (strike === 0) return { call: discount, put: 0 };
  if (forward === 0) return { call: 0, put: -discount };
  const deviation = deviationOf(option);
  const call =
    deviation >= DEVIATION_MAX ? discount : discount * normalCdf(d1Of(strike / forward, deviation));
  return { call, put: call - discount };
}
