import type { AssetId } from '../../product/product.ts';
import { groupByUnderlying } from '../add-ons/liquidity.ts';
import {
  type GridBook,
  type GridExpiry,
  type GridLeg,
  type GridPerpetual,
  splitForward,
} from '../grid/book.ts';
import type { ValuedBook, ValuedPosition } from '../valued-book.ts';

const SECONDS_PER_MS = 1e-3;

/**
 * The pooled positions of one account as the neutral books that the venue models read, one per underlying (METHOD-070). Everything becomes units of
 * the underlying: an inverse contract paid in coin at the scenario's own price wins what q·m/P linear units win, an inverse option is
 * worth V USD per unit. Cash and collateral stay in the pool: these books carry positions only.
 */
export function toVenueBooks(book: ValuedBook): ReadonlyMap<AssetId, GridBook> {
  const books = new Map<AssetId, GridBook>();
  for (const [underlying, at] of groupByUnderlying(book.pooled)) {
    books.set(
      underlying,
      toVenueBook(
        book,
        underlying,
        at.map((i) => book.pooled[i]!),
      ),
    );
  }
  return books;
}

function toVenueBook(
  { market }: ValuedBook,
  underlying: AssetId,
  positions: readonly ValuedPosition[],
): GridBook {
  const index = market.assets.get(underlying)!.index;
  const expiries = new Map<number, GridExpiry>();
  const perpetuals: GridPerpetual[] = [];
  for (const position of positions) {
    const { product } = position;
    if (product.kind === 'perpetual') {
      const fundingRate = market.quotes.get(product.id)?.fundingRate ?? 0;
      perpetuals.push(toPerpetual(position, fundingRate / FUNDING_HOURS));
      continue;
    }
    const expiry = expiries.get(product.expiryMs) ?? openExpiry(position, market.timeMs);
    expiries.set(product.expiryMs, addTo(expiry, position));
  }
  return {
    cash: 0,
    stablePrice: Math.min(1, ...positions.map((p) => stablePrice(market, p))),
    spot: { price: index.value, confidence: index.confidence },
    perpetuals,
    collaterals: [],
    expiries: [...expiries.keys()].sort((a, b) => a - b).map((expiryMs) => expiries.get(expiryMs)!),
  };
}

const FUNDING_HOURS = 8;

function stablePrice(market: ValuedBook['market'], position: ValuedPosition): number {
  const settle = market.assets.get(position.product.settle)!;
  return settle.asset.kind === 'stable' ? settle.index.value : 1;
}

/** Signed units of the underlying that a delta-one position stands for. */
function unitsOf({ product, quantity, contract }: ValuedPosition): number {
  const perContract =
    product.form === 'inverse' ? product.contractSize / contract.view.forwardUsd : product.contractSize;
  return quantity * perContract;
}

function toPerpetual(position: ValuedPosition, fundingRateHourly: number): GridPerpetual {
  return {
    quantity: unitsOf(position),
    price: position.contract.view.forwardUsd,
    confidence: position.contract.confidence,
    unrealisedPnl: 0,
    unrealisedFunding: 0,
    fundingRateHourly,
  };
}

function openExpiry({ product, contract }: ValuedPosition, timeMs: number): GridExpiry {
  const { view, confidence } = contract;
  const expiryMs = product.kind === 'perpetual' ? timeMs : product.expiryMs;
  const seconds = Math.max(0, expiryMs - timeMs) * SECONDS_PER_MS;
  return {
    seconds,
    ...splitForward(view.forwardUsd, seconds),
    rate: view.rate,
    confidence: { forward: confidence, rate: 1, vol: 1 },
    futureQuantity: 0,
    legs: [],
  };
}

function addTo(expiry: GridExpiry, position: ValuedPosition): GridExpiry {
  const { product, quantity } = position;
  const { view } = position.contract;
  if (product.kind !== 'option') {
    return { ...expiry, futureQuantity: expiry.futureQuantity + unitsOf(position) };
  }
  const strike = product.form === 'inverse' ? product.strike : product.strike * view.settleUsd;
  const leg: GridLeg = {
    strike,
    right: product.right,
    amount: quantity * product.contractSize,
    vol: view.vol,
  };
  return { ...expiry, rate: view.rate, legs: [...expiry.legs, leg] };
}
