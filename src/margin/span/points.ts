import { type Failure, refuse } from '../../base/failure.ts';
import type { Right } from '../../pricer/black76.ts';
import { priceBsm } from '../../pricer/bsm.ts';
import { futurePnl } from '../../pricer/futures.ts';
import { priceInverse } from '../../pricer/inverse.ts';

/** Charge per unit of the multiplier that any option contract needs at least. */
const MINIMUM_PER_UNIT = 0.375;

type OptionTerms = {
  readonly kind: 'option';
  readonly right: Right;
  readonly quantity: number;
  readonly multiplier: number;
  readonly strike: number;
  readonly tauYears: number;
  readonly vol: number;
};

/** The asset itself, `quantity` units, or options on it. */
export type PointLeg = { readonly kind: 'stock'; readonly quantity: number } | OptionTerms;

export type PointBook = {
  readonly spot: number;
  readonly rate: number;
  readonly dividend: number;
  readonly legs: readonly PointLeg[];
};

/** Worst point of a P&L vector; among equals the first. */
export type WorstPoint = { readonly index: number; readonly loss: number };

export type PointResult = {
  readonly legs: readonly {
    readonly baseValue: number;
    readonly values: readonly number[];
    readonly pnl: readonly number[];
  }[];
  readonly pnl: readonly number[];
  readonly worst: WorstPoint;
  readonly minimumCharge: number;
  readonly requirement: number;
  readonly marketValue: number;
};

/** Ten equidistant points: five down to `−downFrac`, five up to `upFrac`, without zero. */
export function tenPoints(downFrac: number, upFrac: number): readonly number[] {
  const steps = [1, 2, 3, 4, 5];
  return [...steps.map((n) => (-downFrac * (6 - n)) / 5), ...steps.map((n) => (upFrac * n) / 5)];
}

/** The largest loss of a P&L vector, at least 0, and where. No errors; one point or more. */
export function worstPoint(pnl: readonly number[]): WorstPoint {
  let index = 0;
  for (const [i, value] of pnl.entries()) if (value < pnl[index]!) index = i;
  return { index, loss: Math.max(0, -pnl[index]!) };
}

function judgePoints(price: number, points: readonly number[], legs: readonly object[]): Failure | null {
  if (!(price > 0) || !Number.isFinite(price)) {
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'price', value: price, expected: 'above 0' });
  }
  if (points.length === 0 || !points.every((point) => point > -1 && Number.isFinite(point))) {
    const value = JSON.stringify(points);
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'points', value, expected: 'moves above −100 %' });
  }
  for (const [i, leg] of legs.entries()) {
    for (const [field, value] of Object.entries(leg)) {
      if (typeof value !== 'number') continue;
      const lower = field === 'quantity' ? -Infinity : 0;
      if (!Number.isFinite(value) || value < lower) {
        const expected = 'a finite number, not negative but for quantities';
        return refuse('NUMBER_OUT_OF_RANGE', { field: `legs[${i}].${field}`, value, expected });
      }
    }
  }
  return null;
}

/**
 * Theoretical P&L of one class at each point, volatility and time unchanged (METHOD-061); requirement = max(worst loss, minimum
 * charge), the charge of a long option capped at its market value. Refuses NUMBER_OUT_OF_RANGE.
 * Source: OCC customer portfolio margin (TIMS), FINRA 4210(g).
 */
export function assessPoints(book: PointBook, points: readonly number[]): PointResult | Failure {
  const failure = judgePoints(book.spot, points, book.legs);
  if (failure !== null) return failure;
  const valueAt = (leg: PointLeg, spot: number): number =>
    leg.kind === 'stock' ? spot : priceBsm({ ...leg, spot, rate: book.rate, dividend: book.dividend });
  let minimumCharge = 0;
  let marketValue = 0;
  const legs = book.legs.map((leg) => {
    const size = leg.quantity * (leg.kind === 'stock' ? 1 : leg.multiplier);
    const baseValue = valueAt(leg, book.spot);
    const values = points.map((point) => valueAt(leg, book.spot * (1 + point)));
    marketValue += size * baseValue;
    if (leg.kind === 'option') {
      const charge = MINIMUM_PER_UNIT * Math.abs(size);
      minimumCharge += size > 0 ? Math.min(charge, size * baseValue) : charge;
    }
    return { baseValue, values, pnl: values.map((value) => size * (value - baseValue)) };
  });
  const pnl = summed(legs, points.length);
  const worst = worstPoint(pnl);
  return { legs, pnl, worst, minimumCharge, requirement: Math.max(worst.loss, minimumCharge), marketValue };
}

function summed(legs: readonly { readonly pnl: readonly number[] }[], count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (const leg of legs) sum += leg.pnl[i]!;
    return sum;
  });
}

/** Coin-settled contracts: options on the forward, or futures worth `contractUsd` each. */
export type InversePointLeg =
  OptionTerms | { readonly kind: 'future'; readonly quantity: number; readonly contractUsd: number };

export type InversePointResult = {
  /** In coin; the value of an option at the current forward, null for a future. */
  readonly legs: readonly { readonly baseValue: number | null; readonly pnl: readonly number[] }[];
  readonly pnlCoin: readonly number[];
  /** Converted at the price of the scenario itself. */
  readonly pnlUsd: readonly number[];
  readonly worstCoin: WorstPoint;
  readonly worstUsd: WorstPoint;
};

/**
 * P&L of coin-settled contracts at each point, in coin and in USD: the two may be worst at different points. Refuses
 * NUMBER_OUT_OF_RANGE. Source: payoffs of inverse contracts; value in coin = Black-76 at rate 0 over the forward.
 */
export function assessInversePoints(
  book: { readonly forward: number; readonly legs: readonly InversePointLeg[] },
  points: readonly number[],
): InversePointResult | Failure {
  const failure = judgePoints(book.forward, points, book.legs);
  if (failure !== null) return failure;
  const moved = points.map((point) => book.forward * (1 + point));
  const legs = book.legs.map((leg) => {
    if (leg.kind === 'future') {
      const { quantity, contractUsd: contractSize } = leg;
      const entry = book.forward;
      const pnl = moved.map((exit) => futurePnl({ form: 'inverse', quantity, contractSize, entry, exit }));
      return { baseValue: null, pnl };
    }
    const baseValue = priceInverse({ ...leg, forward: book.forward });
    const size = leg.quantity * leg.multiplier;
    return {
      baseValue,
      pnl: moved.map((forward) => size * (priceInverse({ ...leg, forward }) - baseValue)),
    };
  });
  const pnlCoin = summed(legs, points.length);
  const pnlUsd = pnlCoin.map((coin, i) => coin * moved[i]!);
  return { legs, pnlCoin, pnlUsd, worstCoin: worstPoint(pnlCoin), worstUsd: worstPoint(pnlUsd) };
}
