import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { Product } from '../product/product.ts';
import { markContract } from './mark.ts';
import { settleValueAt } from './value.ts';

/**
 * What one contract cost in its settlement asset when it was entered at `entry` (the product's own unit; null: at today's mark, no
 * P&L yet). Refuses NUMBER_OUT_OF_RANGE for a price that the product cannot have: ≤ 0, or < 0 for an option.
 */
export function contractCost(
  product: Product,
  entry: number | null,
  where: { readonly market: Market; readonly field: string },
): number | Failure {
  if (entry === null) {
    const mark = markContract(product, where.market);
    return isFailure(mark) ? mark : mark.valueSettle;
  }
  const lowest = product.kind === 'option' ? entry >= 0 : entry > 0;
  const cost = settleValueAt(product, entry);
  if (lowest && Number.isFinite(cost)) return cost;
  const expected = product.kind === 'option' ? 'a finite price ≥ 0' : 'a finite price > 0';
  return refuse('NUMBER_OUT_OF_RANGE', { field: where.field, value: entry, expected });
}
