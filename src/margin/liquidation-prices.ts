import { type Failure, isFailure } from '../base/failure.ts';
import { type AssessInput, assess } from './assess.ts';
import { findLiquidationPrice } from './liquidation-price.ts';
import type { LiquidationPrice, MarginReport } from './report.ts';
import { heldProducts, moveRiskModel } from './risk-model.ts';

/**
 * For each underlying that an account holds something on, ascending, the index at which its equity meets its maintenance with that
 * underlying moved alone. `input` is what the report was made from. Refuses what cannot be valued.
 */
export function liquidationPrices(report: MarginReport, input: AssessInput): LiquidationPrice[] | Failure {
  const products = heldProducts([input.account], input.market);
  const prices: LiquidationPrice[] = [];
  for (const underlying of [...new Set(products.map((product) => product.underlying))].sort()) {
    const price = findLiquidationPrice(underlying, input.market, (market) => {
      const risk = moveRiskModel(input.risk, market, { moved: underlying, products });
      if (isFailure(risk)) return risk;
      const moved = assess(report.method, { ...input, market, risk });
      return isFailure(moved) ? moved : moved.maintenanceHeadroomUsd + moved.creditUsd;
    });
    if (isFailure(price)) return price;
    prices.push(price);
  }
  return prices;
}
