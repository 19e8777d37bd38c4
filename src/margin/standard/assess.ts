import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { type GridBook, judgeGridBook } from '../grid/book.ts';
import type { InitialAndMaintenance } from '../grid/model.ts';
import type { StandardBook, StandardMarket, StandardModel } from './model.ts';
import { assessStandardExpiry, type StandardExpiryResult } from './options.ts';

/** One market's part of the margin balance, component by component; charges are ≤ 0. */
export type StandardMarketResult = {
  readonly underlying: string;
  /** Margin of the perpetual itself. */
  readonly perpetual: InitialAndMaintenance;
  /** Unrealised P&L and funding. */
  readonly perpetualValue: number;
  readonly perpetualConfidence: number;
  readonly expiries: readonly StandardExpiryResult[];
  readonly base: InitialAndMaintenance;
  readonly baseConfidence: number;
  readonly depeg: number;
  /** Sum of the above. */
  readonly total: InitialAndMaintenance;
  /** Marks of the options, the perpetual's value and the base in full. */
  readonly markToMarket: number;
};

/** `headroom` is the margin balance: cash and every market. `requirement` = equity − headroom. */
export type StandardResult = {
  readonly markets: readonly StandardMarketResult[];
  readonly equity: number;
  readonly headroom: InitialAndMaintenance;
  readonly requirement: InitialAndMaintenance;
};

/**
 * Rule-based margin of a book: per market the perpetual, each expiry's options, the base asset and the depeg charge.
 * Refuses NUMBER_NOT_FINITE, NUMBER_OUT_OF_RANGE and DUPLICATE_ID. Source: Derive's standard manager, with parameters.
 */
export function assessStandard(book: StandardBook, model: StandardModel): StandardResult | Failure {
  const failure = judgeBook(book);
  if (failure !== null) return failure;
  const markets = book.markets.map((market) => assessMarket(market, book.stablePrice, model));
  const headroom = { initial: book.cash, maintenance: book.cash };
  let equity = book.cash;
  for (const market of markets) {
    headroom.initial += market.total.initial;
    headroom.maintenance += market.total.maintenance;
    equity += market.markToMarket;
  }
  const requirement = {
    initial: equity - headroom.initial,
    maintenance: equity - headroom.maintenance,
  };
  return { markets, equity, headroom, requirement };
}

/** Judged by the rules of the grid book, which has the same numbers. */
function judgeBook(book: StandardBook): Failure | null {
  const seen = new Set<string>();
  for (const market of book.markets) {
    if (seen.has(market.underlying)) {
      const expected = 'each underlying once';
      return refuse('DUPLICATE_ID', { field: 'markets', value: market.underlying, expected });
    }
    seen.add(market.underlying);
    const failure = judgeGridBook(toGridBook(book, market));
    if (isFailure(failure)) return { ...failure, field: `${market.underlying}.${failure.field}` };
  }
  return judgeGridBook({
    ...book,
    spot: { price: 1, confidence: 1 },
    perpetuals: [],
    collaterals: [],
    expiries: [],
  });
}

function toGridBook(book: StandardBook, market: StandardMarket): GridBook {
  return {
    cash: book.cash,
    stablePrice: book.stablePrice,
    spot: market.spot,
    perpetuals: [{ ...market.perpetual, fundingRateHourly: 0 }],
    collaterals: [
      {
        ...market.spot,
        id: market.underlying,
        amount: market.baseAmount,
        riskCancelling: true,
        initialHaircutFrac: 0,
        maintenanceHaircutFrac: 0,
      },
    ],
    expiries: market.expiries.map(({ seconds, forward, volConfidence, legs }) => ({
      seconds,
      forwardFixed: 0,
      forwardVariable: forward.price,
      rate: 0,
      confidence: { forward: forward.confidence, rate: 1, vol: volConfidence },
      futureQuantity: 0,
      legs,
    })),
  };
}

function assessMarket(
  market: StandardMarket,
  stablePrice: number,
  model: StandardModel,
): StandardMarketResult {
  const { spot, perpetual } = market;
  const size = Math.abs(perpetual.quantity);
  const held = {
    initial: -size * perpetual.price * model.perpetual.initial,
    maintenance: -size * perpetual.price * model.perpetual.maintenance,
  };
  const perpetualValue = perpetual.unrealisedPnl + perpetual.unrealisedFunding;
  const { perpetualThreshold, charge } = model.confidence;
  const trust = Math.min(perpetual.confidence, spot.confidence);
  const perpetualConfidence = trust < perpetualThreshold ? -(1 - trust) * charge * spot.price * size : 0;
  const expiries = market.expiries.map((expiry) => assessStandardExpiry(expiry, spot, model));
  const base = assessBase(market, model);
  const depeg = depegCharge({ size, spotPrice: spot.price, stablePrice }, expiries, model);
  const total = {
    initial:
      held.initial + perpetualConfidence + perpetualValue + base.base.initial + base.baseConfidence + depeg,
    maintenance: held.maintenance + perpetualValue + base.base.maintenance,
  };
  let markToMarket = perpetualValue + (market.baseAmount * spot.price) / stablePrice;
  for (const expiry of expiries) {
    total.initial += expiry.margin.initial + expiry.confidence;
    total.maintenance += expiry.margin.maintenance;
    markToMarket += expiry.markToMarket;
  }
  const { underlying } = market;
  return {
    underlying,
    perpetual: held,
    perpetualValue,
    perpetualConfidence,
    expiries,
    ...base,
    depeg,
    total,
    markToMarket,
  };
}

function assessBase(
  { spot, baseAmount }: StandardMarket,
  model: StandardModel,
): Pick<StandardMarketResult, 'base' | 'baseConfidence'> {
  const notional = baseAmount * spot.price;
  const maintenance = notional * model.base.factor;
  const initial = maintenance * model.base.initialScale;
  const { baseThreshold, charge } = model.confidence;
  const charged = initial !== 0 && spot.confidence < baseThreshold;
  return {
    base: { initial, maintenance },
    baseConfidence: charged ? -(1 - spot.confidence) * charge * Math.abs(notional) : 0,
  };
}

function depegCharge(
  at: { readonly size: number; readonly spotPrice: number; readonly stablePrice: number },
  expiries: readonly StandardExpiryResult[],
  { depeg }: StandardModel,
): number {
  if (at.stablePrice >= depeg.threshold) return 0;
  let count = at.size;
  for (const { shortCount } of expiries) count += shortCount;
  return -(depeg.threshold - at.stablePrice) * depeg.factor * at.spotPrice * count;
}
