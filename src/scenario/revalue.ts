import { exp, log1p } from '../base/elementary.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { surfaceVol } from '../market/surface.ts';
import type { Market } from '../market/market.ts';
import { logMoneyness } from '../pricer/black76.ts';
import { valueInSettle } from '../pricer/value.ts';
import { type PricingView, viewProduct } from '../pricer/view.ts';
import type { Derivative } from '../product/product.ts';
import { NUMERAIRE } from './groups.ts';
import { SKEW_REACH } from './option-rows.ts';
import { rowOf, type Shocks, volGrowthOf } from './shocks.ts';

/**
 * The slow twin of `repriceAll`: P&L of one contract in one scenario, USD, by shocking what the pricer reads and pricing anew. Used
 * to check the fast rows and to explain single numbers. Refuses as the pricer does.
 */
export function revalueContract(
  product: Derivative,
  market: Market,
  { shocks, scenario }: { readonly shocks: Shocks; readonly scenario: number },
): number | Failure {
  const view = viewProduct(product, market);
  if (isFailure(view)) return view;
  const shocked = shockView({ product, view, market }, shocks, scenario);
  if (isFailure(shocked)) return shocked;
  const scale = shocks.rules.pnlScales?.[scenario] ?? 1;
  const base = { ...view, vol: floored(view.vol, product, shocks) };
  return scale * (valueInSettle(product, shocked) - valueInSettle(product, base)) * shocked.settleUsd;
}

type Priced = { readonly product: Derivative; readonly view: PricingView; readonly market: Market };

/** What the product's value depends on, in the scenario. */
function shockView(of: Priced, shocks: Shocks, scenario: number): PricingView | Failure {
  const { product, view, market } = of;
  const spot = rowOf(shocks, product.underlying, 'spot')?.[scenario] ?? 0;
  const settle = product.settle === NUMERAIRE ? 0 : (rowOf(shocks, product.settle, 'spot')?.[scenario] ?? 0);
  const dated = product.kind !== 'perpetual';
  const basis = (dated ? rowOf(shocks, product.underlying, 'basis')?.[scenario] : 0) ?? 0;
  const drift = basis === 0 ? 0 : basis * view.tauYears;
  const moved: PricingView = {
    ...view,
    indexUsd: view.indexUsd * (1 + spot),
    settleUsd: view.settleUsd * (1 + settle),
    forwardUsd: view.forwardUsd * (1 + spot) * exp(drift),
  };
  if (product.kind !== 'option' || view.tauYears === 0) return moved;
  const growth = volGrowthOf(product.underlying, view.tauYears, shocks);
  if (isFailure(growth)) return growth;
  const settleNow = product.form === 'inverse' ? 1 : view.settleUsd;
  const settleMove = product.form === 'inverse' ? 0 : log1p(settle);
  const k = settleMove - logMoneyness(view.forwardUsd / settleNow, product.strike) - log1p(spot) - drift;
  const surface = market.underlyings.get(product.underlying)!.surface!;
  const vol = surfaceVol(surface, { logMoneyness: k, expiryMs: product.expiryMs, timeMs: market.timeMs });
  if (isFailure(vol)) return vol;
  const skew = rowOf(shocks, product.underlying, 'skew')?.[scenario] ?? 0;
  const far = Math.max(-SKEW_REACH, Math.min(SKEW_REACH, k / Math.sqrt(view.tauYears)));
  const tilt = skew * (shocks.rules.skewForms?.[scenario] === 1 ? Math.abs(far) : far);
  return { ...moved, vol: floored(vol * growth[scenario]! + tilt, product, shocks) };
}

function floored(vol: number, product: Derivative, shocks: Shocks): number {
  return product.kind === 'option' ? Math.max(shocks.rules.volMin, vol) : vol;
}
