import { type Failure, refuse } from '../../base/failure.ts';

/** A price and how far its source trusts it, 0 to 1. */
export type Quoted = { readonly price: number; readonly confidence: number };

/** Linear perpetual: `quantity` signed, in units of the underlying; the unrealised parts are owed to the account. */
export type GridPerpetual = Quoted & {
  readonly quantity: number;
  readonly unrealisedPnl: number;
  readonly unrealisedFunding: number;
  /** Simple rate that a long pays a short per hour. */
  readonly fundingRateHourly: number;
};

/**
 * Collateral other than cash, valued at amount · price / stable. `riskCancelling`: it moves with the spot of this book.
 * The haircuts add up: maintenance keeps back `maintenanceHaircutFrac`, initial keeps back both.
 */
export type GridCollateral = Quoted & {
  readonly id: string;
  readonly amount: number;
  readonly riskCancelling: boolean;
  readonly initialHaircutFrac: number;
  readonly maintenanceHaircutFrac: number;
};

export type GridLeg = {
  readonly strike: number;
  readonly right: 'call' | 'put';
  /** Signed, in units of the underlying. */
  readonly amount: number;
  /** Annualised mark volatility. */
  readonly vol: number;
};

/** One expiry. The forward is `forwardFixed + forwardVariable`; only the variable part moves with spot. */
export type GridExpiry = {
  readonly seconds: number;
  readonly forwardFixed: number;
  readonly forwardVariable: number;
  /** Annual, continuously compounded; below 0 it counts as 0. */
  readonly rate: number;
  readonly confidence: { readonly forward: number; readonly rate: number; readonly vol: number };
  /** Dated linear futures of this expiry, signed. */
  readonly futureQuantity: number;
  readonly legs: readonly GridLeg[];
};

/** Everything an account holds on one underlying, with its market. Amounts of money in USD stable. */
export type GridBook = {
  readonly cash: number;
  /** Price of the stable coin that cash is in; 1 = on peg. */
  readonly stablePrice: number;
  readonly spot: Quoted;
  readonly perpetuals: readonly GridPerpetual[];
  readonly collaterals: readonly GridCollateral[];
  readonly expiries: readonly GridExpiry[];
};

/** Length of the averaging window before expiry of the venues reproduced here. */
const SETTLEMENT_WINDOW_SECONDS = 1800;

/**
 * Splits a forward into the part already fixed by the settlement average and the part that still moves, linearly over
 * the last {@link SETTLEMENT_WINDOW_SECONDS}. No errors; `seconds` ≥ 0.
 */
export function splitForward(
  forward: number,
  seconds: number,
): { readonly forwardFixed: number; readonly forwardVariable: number } {
  if (seconds >= SETTLEMENT_WINDOW_SECONDS) return { forwardFixed: 0, forwardVariable: forward };
  return {
    forwardFixed: (forward * (SETTLEMENT_WINDOW_SECONDS - seconds)) / SETTLEMENT_WINDOW_SECONDS,
    forwardVariable: (forward * seconds) / SETTLEMENT_WINDOW_SECONDS,
  };
}

/** Largest magnitude that any number of a book may have: products of three stay finite and meaningful. */
const MAGNITUDE_MAX = 1e24;

type Bound = 'any' | 'not negative' | 'positive' | 'fraction';

function judgeNumber(value: number, bound: Bound, field: string): Failure | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > MAGNITUDE_MAX) {
    return refuse('NUMBER_NOT_FINITE', { field, value, expected: 'a finite number below 1e24' });
  }
  const holds =
    bound === 'any' ||
    (bound === 'positive' ? value > 0 : value >= 0 && (bound !== 'fraction' || value <= 1));
  if (holds) return null;
  const expected = bound === 'fraction' ? 'between 0 and 1' : bound;
  return refuse('NUMBER_OUT_OF_RANGE', { field, value, expected });
}

type Rule = readonly [path: string, value: number, bound: Bound];

function* rulesOf(book: GridBook): Generator<Rule> {
  yield ['cash', book.cash, 'any'];
  yield ['stablePrice', book.stablePrice, 'positive'];
  yield ['spot.price', book.spot.price, 'positive'];
  yield ['spot.confidence', book.spot.confidence, 'fraction'];
  for (const [i, perpetual] of book.perpetuals.entries()) {
    const at = `perpetuals[${i}]`;
    yield [`${at}.quantity`, perpetual.quantity, 'any'];
    yield [`${at}.price`, perpetual.price, 'not negative'];
    yield [`${at}.confidence`, perpetual.confidence, 'fraction'];
    yield [`${at}.unrealisedPnl`, perpetual.unrealisedPnl, 'any'];
    yield [`${at}.unrealisedFunding`, perpetual.unrealisedFunding, 'any'];
    yield [`${at}.fundingRateHourly`, perpetual.fundingRateHourly, 'any'];
  }
  for (const [i, collateral] of book.collaterals.entries()) {
    const at = `collaterals[${i}]`;
    yield [`${at}.amount`, collateral.amount, 'any'];
    yield [`${at}.price`, collateral.price, 'not negative'];
    yield [`${at}.confidence`, collateral.confidence, 'fraction'];
    yield [`${at}.initialHaircutFrac`, collateral.initialHaircutFrac, 'any'];
    yield [`${at}.maintenanceHaircutFrac`, collateral.maintenanceHaircutFrac, 'any'];
  }
  for (const [i, expiry] of book.expiries.entries()) yield* expiryRules(expiry, `expiries[${i}]`);
}

function* expiryRules(expiry: GridExpiry, at: string): Generator<Rule> {
  yield [`${at}.seconds`, expiry.seconds, 'not negative'];
  yield [`${at}.forwardFixed`, expiry.forwardFixed, 'not negative'];
  yield [`${at}.forwardVariable`, expiry.forwardVariable, 'not negative'];
  yield [`${at}.rate`, expiry.rate, 'any'];
  yield [`${at}.confidence.forward`, expiry.confidence.forward, 'fraction'];
  yield [`${at}.confidence.rate`, expiry.confidence.rate, 'fraction'];
  yield [`${at}.confidence.vol`, expiry.confidence.vol, 'fraction'];
  yield [`${at}.futureQuantity`, expiry.futureQuantity, 'any'];
  for (const [j, leg] of expiry.legs.entries()) {
    yield [`${at}.legs[${j}].strike`, leg.strike, 'not negative'];
    yield [`${at}.legs[${j}].amount`, leg.amount, 'any'];
    yield [`${at}.legs[${j}].vol`, leg.vol, 'not negative'];
  }
}

/** The first thing wrong with a book (NUMBER_NOT_FINITE, NUMBER_OUT_OF_RANGE), or null. */
export function judgeGridBook(book: GridBook): Failure | null {
  for (const [path, value, bound] of rulesOf(book)) {
    const failure = judgeNumber(value, bound, path);
    if (failure !== null) return failure;
  }
  return null;
}
