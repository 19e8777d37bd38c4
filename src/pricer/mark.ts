import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { Product } from '../product/product.ts';
import { type GreeksUsd, greeksUsd, notionalUsd, priceInUnit, settleValueAt } from './value.ts';
import { type PricingView, viewProduct } from './view.ts';

/** One long contract valued in one market. */
export type ContractMark = GreeksUsd & {
  /** In the product's own unit. */
  readonly mark: number;
  /** Quoted by the venue, or computed from forward and surface. */
  readonly source: 'quote' | 'model';
  /** Units of the settlement asset; a future's is a coordinate, only value − cost is money. */
  readonly valueSettle: number;
  readonly settleUsd: number;
  /** `valueSettle` · `settleUsd`. */
  readonly valueUsd: number;
  readonly notionalUsd: number;
  /** Index in the unit of the product's strike and linear prices: USD for inverse products, else the settlement asset. */
  readonly indexInStrikeUnit: number;
  /** Trust in the weakest price that the value rests on, in [0, 1]. */
  readonly confidence: number;
  /** True while any of these prices is kept alive by the quality gate. */
  readonly degraded: boolean;
  readonly view: PricingView;
};

/**
 * Values one contract (PRICE-009): at its quoted mark where the market has one, else by model. Greeks are the model's; for an option that is
 * quoted without a usable surface they refuse as the model does. Refuses INSTRUMENT_EXPIRED, PRICE_MISSING, VOLATILITY_INVALID,
 * NUMBER_NOT_FINITE.
 */
export function markContract(product: Product, market: Market): ContractMark | Failure {
  const view = viewProduct(product, market);
  if (isFailure(view)) return view;
  const quote = market.quotes.get(product.id);
  const mark = quote === undefined ? priceInUnit(product, view) : quote.mark.value;
  const valueSettle = settleValueAt(product, mark);
  const valueUsd = valueSettle * view.settleUsd;
  if (!Number.isFinite(valueUsd)) {
    return refuse('NUMBER_NOT_FINITE', { field: product.id, value: valueUsd, expected: 'a finite value' });
  }
  const inverse = product.kind !== 'spot' && product.form === 'inverse';
  return {
    ...greeksUsd(product, view),
    ...trustOf(product, market),
    mark,
    source: quote === undefined ? 'model' : 'quote',
    valueSettle,
    settleUsd: view.settleUsd,
    valueUsd,
    notionalUsd: notionalUsd(product, view),
    indexInStrikeUnit: inverse ? view.indexUsd : view.indexUsd / view.settleUsd,
    view,
  };
}

/** The least confidence, and any degradation, among index, settlement asset, forward and mark. */
function trustOf(product: Product, market: Market): { confidence: number; degraded: boolean } {
  const index = market.assets.get(product.underlying)!.index;
  const settle = market.assets.get(product.settle)!.index;
  const mark = market.quotes.get(product.id)?.mark;
  const confidences = [index.confidence, settle.confidence];
  if (mark !== undefined) confidences.push(mark.confidence);
  if ('expiryMs' in product) {
    const { expiryMs } = product;
    const forward = market.underlyings.get(product.underlying)?.forwards.find((f) => f.expiryMs === expiryMs);
    if (forward !== undefined) confidences.push(forward.confidence);
  }
  return {
    confidence: Math.min(...confidences),
    degraded: index.degraded || settle.degraded || (mark?.degraded ?? false),
  };
}
