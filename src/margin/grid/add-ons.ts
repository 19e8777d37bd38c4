import { exp } from '../../base/elementary.ts';
import { tieredCharge } from '../tiers.ts';
import type { GridBook } from './book.ts';
import { deltaOneSize } from './contingencies.ts';
import { type ExpiryState, expiryDelta, optionValue } from './expiry.ts';
import type { GridModel } from './model.ts';

/** Charges on top of the worst loss, and least requirements; all ≥ 0. */
export type GridAddOnCharges = {
  readonly roll: number;
  readonly vegaTerm: number;
  readonly rate: number;
  /** The requirement is at least each of these, before the loss factors. */
  readonly deltaMinimum: number;
  readonly sizeMinimum: number;
  readonly funding: number;
};

/** Every add-on that the model ask for. The book has been judged; no errors. */
export function assessAddOns(
  book: GridBook,
  states: readonly ExpiryState[],
  model: GridModel,
): GridAddOnCharges {
  return {
    roll: rollCharge(book, states, model),
    vegaTerm: vegaTermCharge(book, states, model),
    rate: rateCharge(states, model),
    deltaMinimum: deltaMinimum(book, states, model),
    sizeMinimum: sizeMinimum(book, states, model),
    funding: fundingProvision(book, model),
  };
}

function rollCharge(book: GridBook, states: readonly ExpiryState[], { addOns }: GridModel): number {
  if (addOns.roll === null) return 0;
  const { annualFrac, minFrac } = addOns.roll;
  let pnl = 0;
  for (const [i, expiry] of book.expiries.entries()) {
    const state = states[i]!;
    const move = Math.max(annualFrac * state.tauYears, minFrac);
    pnl += expiryDelta(expiry, state) * expiry.forwardVariable * move;
  }
  return Math.abs(pnl);
}

function vegaTermCharge(book: GridBook, states: readonly ExpiryState[], model: GridModel): number {
  const { vegaTerm } = model.addOns;
  if (vegaTerm === null) return 0;
  let gains = 0;
  let losses = 0;
  for (const [i, expiry] of book.expiries.entries()) {
    const state = states[i]!;
    const move = { spotShock: 1, volMove: 'up', secondsForward: 0 } as const;
    const pnl = optionValue(expiry, state, { model, move }) - state.markToMarket;
    if (pnl >= 0) gains += pnl;
    else losses -= pnl;
  }
  return vegaTerm.offsetFrac * Math.min(gains, losses);
}

function rateCharge(states: readonly ExpiryState[], { addOns }: GridModel): number {
  if (addOns.rate === null) return 0;
  let up = 0;
  let down = 0;
  for (const state of states) {
    const move = addOns.rate.shiftAbs * state.tauYears;
    up += state.markToMarket * (exp(-move) - 1);
    down += state.markToMarket * (exp(move) - 1);
  }
  return Math.max(0, -Math.min(up, down));
}

function deltaMinimum(book: GridBook, states: readonly ExpiryState[], { addOns }: GridModel): number {
  if (addOns.deltaMinimum === null) return 0;
  let long = 0;
  let short = 0;
  const count = (delta: number): void => {
    if (delta >= 0) long += delta;
    else short -= delta;
  };
  for (const perpetual of book.perpetuals) count(perpetual.quantity);
  for (const collateral of book.collaterals) {
    if (collateral.riskCancelling) count((collateral.amount * collateral.price) / book.spot.price);
  }
  for (const [i, expiry] of book.expiries.entries()) count(expiryDelta(expiry, states[i]!));
  const { netFrac, hedgedFrac } = addOns.deltaMinimum;
  return book.spot.price * (netFrac * Math.abs(long - short) + hedgedFrac * Math.min(long, short));
}

function sizeMinimum(book: GridBook, states: readonly ExpiryState[], { addOns }: GridModel): number {
  if (addOns.sizeMinimum === null) return 0;
  const { deltaOneFrac, shortOptionFrac, tiers } = addOns.sizeMinimum;
  let short = 0;
  for (const state of states) short += state.nakedShort;
  const raw = book.spot.price * (deltaOneFrac * deltaOneSize(book) + shortOptionFrac * short);
  return tieredCharge(raw, tiers);
}

function fundingProvision(book: GridBook, { addOns }: GridModel): number {
  let expected = 0;
  for (const { quantity, price, fundingRateHourly } of book.perpetuals) {
    expected += quantity * price * fundingRateHourly * addOns.fundingHours;
  }
  return Math.max(0, expected);
}
