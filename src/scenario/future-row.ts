import { type Failure, isFailure } from '../base/failure.ts';
import type { PricingView } from '../pricer/view.ts';
import type { Future, Perpetual } from '../product/product.ts';
import { forwardGrowthOf, growthOf, type Shocks } from './shocks.ts';

/**
 * P&L of one contract of a perpetual or future, USD (SCENARIO-004). Linear, in settlement units m·(P′ − P), times the settlement asset's new price:
 * m·F·(gF − gS), with g the growth of forward and settlement asset. Inverse m·(1/P − 1/P′) coin: m·(S/F)·gS·(gF − 1)/gF.
 */
export function futureRow(
  product: Perpetual | Future,
  view: PricingView,
  shocks: Shocks,
): Float64Array | Failure {
  const settle = growthOf(product.settle, shocks);
  if (isFailure(settle)) return settle;
  const forward =
    product.kind === 'perpetual'
      ? growthOf(product.underlying, shocks)
      : forwardGrowthOf(product.underlying, view.tauYears, shocks);
  if (isFailure(forward)) return forward;
  const { contractSize } = product;
  if (product.form === 'linear') {
    const notional = contractSize * view.forwardUsd;
    return forward.map((g, s) => notional * (g - settle[s]!));
  }
  const coins = (contractSize / view.forwardUsd) * view.settleUsd;
  return forward.map((g, s) => (coins * settle[s]! * (g - 1)) / g);
}
